# Tesseract built from the distribution's own source (./dev fetches it into build/), for processors
# of the level x86-64-v3: the whole of it with AVX2, without OpenMP (one thread per process), line
# pictures kept as pixels, not as PNG. Where this cannot be had, the packaged library reads alone.
set(FOIA_TUNED_TESSERACT AUTO CACHE STRING "Build Tesseract for fast processors: AUTO, ON, OFF")
set(source ${CMAKE_SOURCE_DIR}/build/tesseract-${TESSERACT_VERSION})

if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(why_not "this is no x86-64 processor")
elseif(FOIA_SANITIZED)
  set(why_not "of the sanitizer")
elseif(NOT EXISTS ${source}/src/api/baseapi.cpp)
  set(why_not "its source is not in build/ (cmake/fetch_tesseract.sh build)")
elseif(FOIA_TUNED_TESSERACT)
  set(why_not "")
else()
  set(why_not "FOIA_TUNED_TESSERACT is off")
endif()
if(why_not)
  if(FOIA_TUNED_TESSERACT STREQUAL "ON")
    message(FATAL_ERROR "no tuned Tesseract: ${why_not}")
  endif()
  message(STATUS "Tesseract: the packaged library, because ${why_not}")
  return()
endif()
message(STATUS "Tesseract: ${TESSERACT_VERSION} from source for x86-64-v3, and the packaged library")

# What its own configure scripts would make. The version tells records which build read a page.
string(REGEX MATCH "^([0-9]+)\\.([0-9]+)\\.([0-9]+)" PACKAGE_VERSION ${TESSERACT_VERSION})
set(GENERIC_MAJOR_VERSION ${CMAKE_MATCH_1})
set(GENERIC_MINOR_VERSION ${CMAKE_MATCH_2})
set(GENERIC_MICRO_VERSION ${CMAKE_MATCH_3})
set(PACKAGE_VERSION "${TESSERACT_VERSION} tuned")
set(generated ${CMAKE_BINARY_DIR}/tesseract)
configure_file(${source}/include/tesseract/version.h.in ${generated}/tesseract/version.h @ONLY)

set(FOIA_TESSERACT_INCLUDES ${generated} ${source}/include)
foreach(folder api arch ccmain ccstruct ccutil classify cutil dict lstm opencl textord viewer wordrec)
  file(GLOB sources ${source}/src/${folder}/*.cpp)
  # A folder is compiled as one: half the time to build, and calls between its files can be inlined.
  set_source_files_properties(${sources} PROPERTIES UNITY_GROUP ${folder})
  list(APPEND tesseract_sources ${sources})
  list(APPEND FOIA_TESSERACT_INCLUDES ${source}/src/${folder})
endforeach()
list(FILTER tesseract_sources EXCLUDE REGEX "neon\\.cpp$|/opencl/")
set(network_sources ${tesseract_sources})
list(FILTER network_sources INCLUDE REGEX "/lstm/")
list(FILTER tesseract_sources EXCLUDE REGEX "/lstm/")

# Names of these clash within their folders.
set_source_files_properties(
  ${source}/src/arch/dotproductavx512.cpp ${source}/src/arch/intsimdmatrixsse.cpp
  ${source}/src/classify/adaptmatch.cpp ${source}/src/textord/imagefind.cpp
  ${source}/src/textord/makerow.cpp ${source}/src/textord/tabfind.cpp
  PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
set_source_files_properties(${source}/src/arch/dotproductavx512.cpp PROPERTIES
  COMPILE_OPTIONS -mavx512f)
set_source_files_properties(${source}/src/ccutil/ambigs.cpp PROPERTIES
  COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/ocr/recognize/no_ambiguities.h")

# Without contraction numbers are those of the packaged library, to the last bit.
set(FOIA_TESSERACT_OPTIONS -O3 -march=x86-64-v3 -ffp-contract=off -fno-math-errno
  -fno-trapping-math -fno-stack-protector -U_GLIBCXX_ASSERTIONS)
# Where the packaged one looks for language packs.
find_path(FOIA_TESSDATA tessdata/eng.traineddata
  PATHS /usr/share/tesseract-ocr/5 /usr/share/tesseract-ocr /usr/share REQUIRED NO_DEFAULT_PATH)
set_source_files_properties(${source}/src/ccutil/ccutil.cpp PROPERTIES
  COMPILE_DEFINITIONS TESSDATA_PREFIX="${FOIA_TESSDATA}")

add_library(tesseract_network OBJECT EXCLUDE_FROM_ALL ${network_sources})
add_library(tesseract_tuned STATIC EXCLUDE_FROM_ALL
  ${tesseract_sources} $<TARGET_OBJECTS:tesseract_network>)
foreach(target tesseract_network tesseract_tuned)
  set_target_properties(${target} PROPERTIES
    CXX_STANDARD 17 UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  target_include_directories(${target} PRIVATE ${FOIA_TESSERACT_INCLUDES} ${LEPTONICA_INCLUDE_DIRS})
  target_compile_definitions(${target} PRIVATE
    FAST_FLOAT GRAPHICS_DISABLED TESSERACT_IMAGEDATA_AS_PIX
    HAVE_AVX HAVE_AVX2 HAVE_AVX512F HAVE_FMA HAVE_SSE4_1)
  target_compile_options(${target} PRIVATE -w ${FOIA_TESSERACT_OPTIONS})
endforeach()
# Two thirds of the time is spent in the network, with numbers that no file gives it directly.
target_compile_definitions(tesseract_network PRIVATE NDEBUG)
target_compile_options(tesseract_network PRIVATE
  -include ${CMAKE_SOURCE_DIR}/ocr/recognize/network_functions.h)
target_link_libraries(tesseract_tuned PUBLIC PkgConfig::LEPTONICA Threads::Threads)
