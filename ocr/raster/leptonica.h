// Owners of Leptonica's pictures. Internal to ocr/raster.
#ifndef FOIA_OCR_RASTER_LEPTONICA_H_
#define FOIA_OCR_RASTER_LEPTONICA_H_

#include <leptonica/allheaders.h>

#include <memory>

namespace foia::ocr {

struct PixFree {
  void operator()(Pix* p) const { pixDestroy(&p); }
};
using PixPtr = std::unique_ptr<Pix, PixFree>;
struct BoxaFree {
  void operator()(Boxa* b) const { boxaDestroy(&b); }
};
using BoxaPtr = std::unique_ptr<Boxa, BoxaFree>;
struct PixaFree {
  void operator()(Pixa* p) const { pixaDestroy(&p); }
};
using PixaPtr = std::unique_ptr<Pixa, PixaFree>;

}  // namespace foia::ocr

#endif  // FOIA_OCR_RASTER_LEPTONICA_H_
