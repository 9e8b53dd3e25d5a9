# Warnings are errors from the first commit on. Included once, applied by mote_warnings(target).
function(mote_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align
    -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wdouble-promotion -Wnull-dereference)
endfunction()

# ASan and UBSan for the host, switched on by the preset host-asan.
option(MOTE_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(MOTE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# libFuzzer's coverage in all code, switched on by the preset fuzz, which needs clang.
option(MOTE_FUZZ "Build the fuzz targets with libFuzzer" OFF)
if(MOTE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
