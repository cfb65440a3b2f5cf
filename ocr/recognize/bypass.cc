// Two functions of other libraries, replaced within foia-page only. Measured: some 10 % less CPU,
// the same text to the byte.
//
// Debian's libtesseract keeps every line image as PNG and decodes it again at once: here the pixels
// are copied as they are. And it opens an OpenMP region for every layer of the network, which with
// one thread per process is only locking: here the body is called.
#include <leptonica/allheaders.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

constexpr uint32_t kMagic = 0x58495046;

struct RawHeader {
  uint32_t magic, width, height, depth, words_per_line;
  int32_t x_resolution, y_resolution;
};

// The sections of the running region: how many there are, and the last one given out.
unsigned section_count = 0, section = 0;

}  // namespace

extern "C" {

l_ok pixWriteMem(l_uint8** data, size_t* size, PIX* pix, l_int32) {
  if (data == nullptr || size == nullptr || pix == nullptr || pixGetColormap(pix) != nullptr) {
    return 1;
  }
  const RawHeader header{kMagic,
                         static_cast<uint32_t>(pixGetWidth(pix)),
                         static_cast<uint32_t>(pixGetHeight(pix)),
                         static_cast<uint32_t>(pixGetDepth(pix)),
                         static_cast<uint32_t>(pixGetWpl(pix)),
                         pixGetXRes(pix),
                         pixGetYRes(pix)};
  const size_t pixels = size_t{4} * header.words_per_line * header.height;
  auto* out = static_cast<l_uint8*>(std::malloc(sizeof header + pixels));
  if (out == nullptr) return 1;
  std::memcpy(out, &header, sizeof header);
  std::memcpy(out + sizeof header, pixGetData(pix), pixels);
  *data = out;
  *size = sizeof header + pixels;
  return 0;
}

PIX* pixReadMem(const l_uint8* data, size_t size) {
  RawHeader header{};
  if (data == nullptr || size < sizeof header) return nullptr;
  std::memcpy(&header, data, sizeof header);
  const size_t pixels = size_t{4} * header.words_per_line * header.height;
  if (header.magic != kMagic || size != sizeof header + pixels) return nullptr;
  PIX* pix =
      pixCreateNoInit(static_cast<l_int32>(header.width), static_cast<l_int32>(header.height),
                      static_cast<l_int32>(header.depth));
  if (pix == nullptr) return nullptr;
  std::memcpy(pixGetData(pix), data + sizeof header, pixels);
  pixSetResolution(pix, header.x_resolution, header.y_resolution);
  return pix;
}

void GOMP_parallel(void (*body)(void*), void* data, unsigned, unsigned) { body(data); }

void GOMP_parallel_sections(void (*body)(void*), void* data, unsigned, unsigned count, unsigned) {
  const unsigned outer_count = section_count, outer = section;
  section_count = count;
  section = 0;
  body(data);
  section_count = outer_count;
  section = outer;
}

unsigned GOMP_sections_next() { return section < section_count ? ++section : 0; }

void GOMP_sections_end_nowait() {}

}  // extern "C"
