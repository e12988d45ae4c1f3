# Compiler settings, and the three verbs the folders use.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# -O2 rather than CMake's -O3: measured no difference on the hot paths, and it compiles faster.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

# Several sources a unit: a clean build takes less than half the time, a change to one source takes longer. For builds
# from scratch; off while developing, for clang-tidy, and where a missing #include is to be found.
option(CASEWEAVE_UNITY "Compile several sources of a library as one unit" OFF)
set(CMAKE_UNITY_BUILD ${CASEWEAVE_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

set(CASEWEAVE_SANITIZE "" CACHE STRING "Sanitizers to build with, for instance address,undefined")
option(CASEWEAVE_WERROR "Treat warnings as errors" ON)

add_library(caseweave_warnings INTERFACE)
target_compile_options(caseweave_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion
  $<$<BOOL:${CASEWEAVE_WERROR}>:-Werror>
  # g++ 12 reports false positives in inlined standard-library code at -O2 (GCC PR 105329, 105651, 108860).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-null-dereference -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds>
  # To g++ a source within a unit is a header, whose classes must not hold types of an anonymous namespace.
  $<$<AND:$<BOOL:${CASEWEAVE_UNITY}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)

if(CASEWEAVE_SANITIZE)
  add_compile_options(-fsanitize=${CASEWEAVE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CASEWEAVE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang's function sanitizer rejects coroutine frames.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()

if(CASEWEAVE_FUZZ)
  # Coverage of the libraries, not only of the fuzzer's own file: without it libFuzzer mutates blindly.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CASEWEAVE_CCACHE ccache)
if(CASEWEAVE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CASEWEAVE_CCACHE}")
endif()

# caseweave_library(NAME SOURCES a.cpp ... DEPENDS other ... SYSTEM third::party ...)
# One static library for one folder. DEPENDS are other folders' libraries by short name and are the
# whole of what this folder may include; tests/conformance/dependency_test holds the includes against it.
# SYSTEM are third-party targets whose headers stay out of this folder's own headers.
function(caseweave_library name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPENDS;SYSTEM")
  set(target caseweave_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    # tests/fault compiles a source that names a fault point once more, and links it in place of the library's own.
    foreach(source IN LISTS ARG_SOURCES)
      file(STRINGS "${source}" fault_points REGEX "fault_point\\(")
      if(fault_points)
        set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endforeach()
    set(visibility PUBLIC)
    target_link_libraries(${target} PRIVATE caseweave_warnings)
  else()
    add_library(${target} INTERFACE)
    set(visibility INTERFACE)
  endif()
  target_include_directories(${target} ${visibility} "${CMAKE_SOURCE_DIR}/src")
  list(TRANSFORM ARG_DEPENDS PREPEND caseweave_)
  target_link_libraries(${target} ${visibility} ${ARG_DEPENDS} ${ARG_SYSTEM})
  set_property(GLOBAL APPEND PROPERTY CASEWEAVE_LIBRARIES "${name}")
endfunction()

# What the sanitizer build makes (tools/run-tests): tests that need no server of their own.
add_custom_target(unit_and_conformance_tests)
add_custom_target(fuzzers)

# caseweave_test(NAME SOURCES a.cpp ... DEPENDS folder ... LABELS unit|integration|conformance|fault ...)
# A GoogleTest binary registered as one ctest test. Labels say what it needs. Of the fault tests one runs at a time, and
# of the other tests that start servers; one of each, or unit tests, run beside each other.
function(caseweave_test name)
  if(NOT CASEWEAVE_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPENDS;SYSTEM;LABELS")
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND caseweave_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_SYSTEM} caseweave_warnings GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests" "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE CASEWEAVE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             CASEWEAVE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 1500)
  if("fault" IN_LIST ARG_LABELS)
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK faults)
  elseif("integration" IN_LIST ARG_LABELS)
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK servers)
  endif()
  if("unit" IN_LIST ARG_LABELS OR "conformance" IN_LIST ARG_LABELS)
    add_dependencies(unit_and_conformance_tests ${name})
  endif()
endfunction()

# caseweave_fuzzer(NAME SOURCES fuzz_x.cpp DEPENDS folder ...): a libFuzzer target, clang only.
function(caseweave_fuzzer name)
  if(NOT CASEWEAVE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPENDS;SYSTEM")
  add_executable(${name} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND caseweave_)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_SYSTEM} caseweave_warnings)
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}")
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
