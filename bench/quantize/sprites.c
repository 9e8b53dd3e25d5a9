/* sprites.c - images of CIFAR-10 from PNG sheets to folders of float32, one for each class.
 * SPDX-License-Identifier: Apache-2.0
 *
 *     sprites LABELS FOLDER SHEET...
 *
 * A row of a sheet is an image: 32 x 32 pixels of RGB, one after the other. LABELS has a byte for each
 * row of all sheets. Image i becomes FOLDER/CLASS/i.f32: 3,072 values of 0 to 255. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PIXELS   1024
#define CHANNELS 3

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "sprites: %s: %s\n", path, what);
    exit(1);
}

static void write_image(const char *folder, int label, long i, const unsigned char *row)
{
    float values[PIXELS * CHANNELS];
    char path[4096];
    for (int k = 0; k < PIXELS * CHANNELS; k++)
        values[k] = row[k];
    snprintf(path, sizeof path, "%s/%d", folder, label);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%d/%06ld.f32", folder, label, i);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(values, sizeof values, 1, f) != 1 || fclose(f) != 0)
        fail(path, "cannot write");
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage", "sprites LABELS FOLDER SHEET...");
    FILE *labels = fopen(argv[1], "rb");
    if (!labels)
        fail(argv[1], "cannot open");
    mkdir(argv[2], 0777);
    long n = 0;
    for (int s = 3; s < argc; s++) {
        png_image sheet = {.version = PNG_IMAGE_VERSION};
        if (!png_image_begin_read_from_file(&sheet, argv[s]))
            fail(argv[s], sheet.message);
        sheet.format = PNG_FORMAT_RGB;
        if (sheet.width != PIXELS)
            fail(argv[s], "is not 1,024 pixels wide");
        unsigned char *pixels = malloc(PNG_IMAGE_SIZE(sheet));
        if (!pixels || !png_image_finish_read(&sheet, NULL, pixels, 0, NULL))
            fail(argv[s], sheet.message);
        for (png_uint_32 y = 0; y < sheet.height; y++, n++) {
            const int label = fgetc(labels);
            if (label == EOF)
                fail(argv[1], "has fewer labels than there are images");
            write_image(argv[2], label, n, pixels + (size_t)y * PIXELS * CHANNELS);
        }
        free(pixels);
    }
    fclose(labels);
    return 0;
}
