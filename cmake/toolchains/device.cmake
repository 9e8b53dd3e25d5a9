# The device library alone, for the chip that MOTE_TARGET names: "cmake --preset cortex-m4".
# SPDX-License-Identifier: Apache-2.0
#
# Compiler and flags come from host/target/targets.def, the table that the tool itself uses: what
# is built here is compiled as in a firmware.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY) # there is nothing to link a program with
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_TARGET)

set(table "${CMAKE_CURRENT_LIST_DIR}/../../host/target/targets.def")
file(STRINGS "${table}" lines REGEX "^ *\\.(name|compiler|cflags) = ")
set(row "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^ *\\.([a-z]+) = \"([^\"]*)\"")
    message(FATAL_ERROR "${table}: cannot read the line: ${line}")
  endif()
  set(field "${CMAKE_MATCH_1}")
  set(value "${CMAKE_MATCH_2}")
  if(field STREQUAL "name")
    set(row "${value}")
  elseif(row STREQUAL MOTE_TARGET)
    set(target_${field} "${value}")
  endif()
endforeach()
if(NOT DEFINED target_compiler)
  message(FATAL_ERROR "MOTE_TARGET is \"${MOTE_TARGET}\", which ${table} does not have")
endif()

set(CMAKE_C_COMPILER "${target_compiler}")
set(CMAKE_C_FLAGS_INIT "-O2 -ffunction-sections -fdata-sections ${target_cflags}")
