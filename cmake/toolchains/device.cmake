# The device library and its tests, for the chip that MOTE_TARGET names: "cmake --preset cortex-m4".
# SPDX-License-Identifier: Apache-2.0
#
# Compiler, flags and emulated board come from host/target/targets.def, the table that the tool
# itself uses: what is built here is compiled as in a firmware, and runs where a firmware runs.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # a program needs the port and its linker script
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_TARGET)

# The fields of the row whose name is MOTE_TARGET become target_<field>.
set(root "${CMAKE_CURRENT_LIST_DIR}/../..")
set(table "${root}/host/target/targets.def")
file(STRINGS "${table}" lines REGEX "^ *\\.[a-z_]+ = ")
set(row "")
foreach(line IN LISTS lines)
  string(REGEX MATCHALL "\\.[a-z_]+ = (\"[^\"]*\"|[0-9]+)" fields "${line}")
  foreach(field IN LISTS fields)
    string(REGEX MATCH "\\.([a-z_]+) = \"?([^\"]*)" field "${field}")
    if(CMAKE_MATCH_1 STREQUAL "name")
      set(row "${CMAKE_MATCH_2}")
    elseif(row STREQUAL MOTE_TARGET)
      set(target_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
    endif()
  endforeach()
endforeach()
if(NOT target_emulator)
  message(FATAL_ERROR "MOTE_TARGET is \"${MOTE_TARGET}\", which is no board of ${table}")
endif()

set(CMAKE_C_COMPILER "${target_compiler}")
set(CMAKE_C_FLAGS_INIT "-O2 -ffunction-sections -fdata-sections ${target_cflags}")

# How tests/CMakeLists.txt links a program for the board, and how CTest runs it. Instructions are
# counted as in measurements, so that a test that fails fails every time.
set(MOTE_PORT "${target_port}")
set(MOTE_PORT_SCRIPT "${target_script}")
set(CMAKE_CROSSCOMPILING_EMULATOR "${root}/tests/board/run.sh" "${target_emulator}"
  "-M ${target_machine} ${target_emulator_args} -icount shift=${target_icount_shift}")
