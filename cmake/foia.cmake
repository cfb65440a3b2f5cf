# foia_library, foia_test, foia_benchmark, foia_fuzz_target, foia_proto_library: the only ways a
# target is made here.

find_program(FOIA_CCACHE ccache)
if(FOIA_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${FOIA_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FOIA_CCACHE})
endif()
find_program(FOIA_MOLD mold)
find_program(FOIA_LLD ld.lld-14)
if(FOIA_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(FOIA_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld-14)
endif()

set(FOIA_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                  -Wold-style-cast -Werror)

function(foia_target_options target)
  target_compile_options(${target} PRIVATE ${FOIA_WARNINGS})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
endfunction()

# foia_library(NAME SOURCES a.cc b.cc DEPS x y): headers are included from the project root.
function(foia_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  foia_target_options(${name})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# foia_program(NAME SOURCES ... DEPS ...): an executable in bin/.
function(foia_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  foia_target_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

add_custom_target(tsan_tests)  # what the label `tsan` needs

# foia_test(NAME SOURCES ... DEPS ... [LABELS quick tsan] [TIMEOUT seconds]): one CTest entry per
# test program; without LABELS it is `quick`, the label that ./dev test runs.
function(foia_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS;ENVIRONMENT;ARGS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS quick)
  endif()
  if("tsan" IN_LIST ARG_LABELS)
    add_dependencies(tsan_tests ${name})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  foia_target_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} foia_test_support GTest::gmock_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "FOIA_BIN_DIR=${CMAKE_BINARY_DIR}/bin;FOIA_SOURCE_DIR=${CMAKE_SOURCE_DIR};OMP_THREAD_LIMIT=1;${ARG_ENVIRONMENT}")
endfunction()

function(foia_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  foia_target_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endfunction()

# foia_proto_library(MESSAGES lib SERVICES lib PROTOS ...): protoc once per file. Generated headers
# are SYSTEM includes, so that our warnings do not apply to them. Services (gRPC stubs) are a
# library of their own: logic links only the messages.
function(foia_proto_library)
  cmake_parse_arguments(ARG "" "MESSAGES;SERVICES" "PROTOS" ${ARGN})
  set(gen ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${gen})
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${gen}/${stem}.pb.cc ${gen}/${stem}.pb.h)
    list(APPEND messages ${gen}/${stem}.pb.cc)
    set(grpc_args)
    if(stem MATCHES "_service$")
      set(grpc_args --grpc_out=${gen} --plugin=protoc-gen-grpc=${FOIA_GRPC_CPP_PLUGIN})
      list(APPEND outputs ${gen}/${stem}.grpc.pb.cc ${gen}/${stem}.grpc.pb.h)
      list(APPEND services ${gen}/${stem}.grpc.pb.cc)
    endif()
    list(APPEND generated ${outputs})
    string(REPLACE "/" "_" depfile ${stem})
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc -I ${CMAKE_SOURCE_DIR}/proto --cpp_out=${gen} ${grpc_args}
              --dependency_out=${CMAKE_BINARY_DIR}/${depfile}.d ${CMAKE_SOURCE_DIR}/proto/${proto}
      DEPENDS ${CMAKE_SOURCE_DIR}/proto/${proto}
      DEPFILE ${CMAKE_BINARY_DIR}/${depfile}.d
      VERBATIM)
  endforeach()
  add_custom_target(foia_generated DEPENDS ${generated})  # all that clang-tidy needs
  add_library(${ARG_MESSAGES} STATIC ${messages})
  target_include_directories(${ARG_MESSAGES} SYSTEM PUBLIC ${gen})
  target_link_libraries(${ARG_MESSAGES} PUBLIC protobuf::libprotobuf)
  if(NOT services)
    return()
  endif()
  add_library(${ARG_SERVICES} STATIC ${services})
  target_link_libraries(${ARG_SERVICES} PUBLIC ${ARG_MESSAGES} gRPC::grpc++)
endfunction()

# foia_embed_textprotos(SOURCE_VARIABLE FUNCTION): all *.textproto files of the folder as a C++ source
# that defines foia::tracker::FUNCTION(), a map from file name to text.
function(foia_embed_textprotos variable function)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.textproto)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded.cc)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()

# foia_fuzz_target(NAME DEPS ...): NAME_fuzz.cc as a libFuzzer program fuzz/NAME when FOIA_FUZZ is
# on, else as a test over corpus/NAME.
function(foia_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  if(NOT FOIA_FUZZ)
    foia_test(${name}_fuzz_test SOURCES ${name}_fuzz.cc replay.cc DEPS ${ARG_DEPS}
              ENVIRONMENT FOIA_FUZZ_TARGET=${name})
    return()
  endif()
  add_executable(${name}_fuzz ${name}_fuzz.cc)
  foia_target_options(${name}_fuzz)
  target_link_libraries(${name}_fuzz PRIVATE ${ARG_DEPS})
  target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name}_fuzz PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  add_dependencies(fuzz_targets ${name}_fuzz)
endfunction()
