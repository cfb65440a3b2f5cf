# Every third-party library, found once. The README's table says why each is here.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Protobuf 3.21 REQUIRED)  # CMake's module: Debian ships no protobuf CMake config
find_package(absl REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_program(FOIA_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(roaring CONFIG REQUIRED)
pkg_check_modules(TESSERACT REQUIRED IMPORTED_TARGET tesseract)
pkg_check_modules(LEPTONICA REQUIRED IMPORTED_TARGET lept)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET libqpdf)
target_compile_definitions(PkgConfig::QPDF INTERFACE POINTERHOLDER_TRANSITION=4)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)
find_library(FOIA_STEMMER stemmer REQUIRED)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc)

# Debian's mupdf.pc does not name the libraries the static archive needs, so the list stands here.
add_library(foia_mupdf INTERFACE)
target_link_libraries(foia_mupdf INTERFACE mupdf mupdf-third mujs gumbo openjp2 jbig2dec jpeg z m
                                           freetype harfbuzz)
