// An 8-bit grey picture and what is done to it before it is read. Holds a Leptonica picture
// without its header. Not safe for concurrent use.
#ifndef FOIA_OCR_RASTER_RASTER_H_
#define FOIA_OCR_RASTER_RASTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ocr/pdf/geometry.h"

struct Pix;  // Leptonica's

namespace foia::ocr {

class Raster {
 public:
  Raster() = default;
  // Takes over `pix`.
  explicit Raster(Pix* pix) : pix_(pix) {}
  ~Raster();
  Raster(Raster&& other) noexcept : pix_(other.pix_) { other.pix_ = nullptr; }
  Raster& operator=(Raster&& other) noexcept;

  // A white picture; empty() when there is no memory for it.
  static Raster White(int width, int height);

  bool empty() const { return pix_ == nullptr; }
  int width() const;
  int height() const;
  Pix* pix() const { return pix_; }
  // Rows of 32-bit words, big-endian within a word (Leptonica's order).
  uint32_t* data() const;
  int words_per_line() const;

  Raster Clone() const;
  // The part within `box` (pixels), cut at the borders; empty() when nothing is left.
  Raster Crop(const Rect& box) const;
  // Paints `box` in one grey: 0 black to 255 white.
  void Fill(const Rect& box, uint8_t grey);
  void Invert();
  // What is surely no ink becomes white: of a page with hardly any, the noise would be read.
  void WhitenPaper();
  // Each pixel the darker one of this and of `other`, a picture of the same size.
  void Darken(const Raster& other);
  void AddBorder(int pixels, uint8_t grey);
  // Scaled to this height, width in proportion.
  Raster ScaledToHeight(int height) const;
  // Made smaller, each pixel the mean of those it stands for.
  Raster Shrunk(double factor) const;
  // What lies within `boxes` (pixels), the rest white.
  Raster Only(const std::vector<Rect>& boxes) const;

  // Share of dark pixels, 0 to 1, without specks, the shadow of the sheet's edge and punch holes.
  double InkShare(int dpi) const;
  // The height of most letters in pixels: of x rather than of h. 0 without letters.
  int LetterHeight(int dpi) const;
  // Where most letters stand close together: a square of `points` a side, cut at the borders, in
  // pixels; empty() without any.
  Rect DensestText(int dpi, double points) const;
  // Whether much of the paper is dark with soft edges: a shadow, not a picture or a grey box.
  bool IsShaded() const;
  // Makes all paper white, unless it is so already; what is dark or a grey box keeps its share of
  // the light.
  void EvenOut(int dpi);
  // Takes the specks that stand by themselves out of a black and white scan that is full of them;
  // another picture stays as it is. Returns whether it did.
  bool Despeckle(int dpi);
  // Share of the letter-sized ink that lies within `boxes` (pixels), 0 to 1; 1 without such ink.
  // Rules, pictures, shadows and specks do not count.
  double CoveredInk(const std::vector<Rect>& boxes, int dpi) const;
  // Grey levels between the darkest and the lightest hundredth of `box`: small where it shows one
  // colour.
  int GreySpread(const Rect& box) const;
  // The middle grey level of `box`; 255 outside.
  int MedianGrey(const Rect& box) const;

  // Degrees by which the text must be turned clockwise to be level; 0 when unsure or level.
  double FindSkew() const;
  // Turned clockwise about the middle; what comes in is white. The size stays.
  Raster Rotated(double degrees) const;
  // As seen from behind.
  Raster Mirrored() const;
  // Turned clockwise by quarter turns.
  Raster QuarterTurned(int turns) const;
  // Clockwise quarter turns that look needed to put text upright, by ascenders and descenders.
  // `sure` tells whether to believe it.
  int GuessQuarterTurns(bool* sure) const;

 private:
  Pix* pix_ = nullptr;
};

}  // namespace foia::ocr

#endif  // FOIA_OCR_RASTER_RASTER_H_
