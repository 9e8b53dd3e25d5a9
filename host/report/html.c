/* html.c - text of a page. SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

const char *html(struct arena *a, const char *s)
{
    struct text t = {.arena = a};
    for (; *s; s++) {
        const unsigned char c = (unsigned char)*s;
        switch (c) {
        case '&':
            text_add(&t, "&amp;");
            break;
        case '<':
            text_add(&t, "&lt;");
            break;
        case '>':
            text_add(&t, "&gt;");
            break;
        case '"':
            text_add(&t, "&quot;");
            break;
        case '\'':
            text_add(&t, "&#39;");
            break;
        default:
            if (c < 0x20 || c == 0x7f)
                text_add(&t, "&#xFFFD;");
            else
                text_add_bytes(&t, s, 1);
        }
    }
    return text_cstr(&t);
}
