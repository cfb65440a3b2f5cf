// Brings the print of a page to the contrast that recognition and the box finder expect: dark on
// white. Faint print, white print on black and print below a marker are told by what they look
// like, so that nothing of an ordinary page changes. Safe for concurrent use on different pages.
#ifndef FOIA_OCR_RASTER_CONTRAST_H_
#define FOIA_OCR_RASTER_CONTRAST_H_

#include <functional>
#include <string_view>
#include <vector>

#include "ocr/raster/raster.h"

namespace foia::ocr {

// Print that is lighter than ink usually is.
struct FaintPrint {
  int faint = 0;    // its letters that stand in lines
  int dark = 0;     // letters of ordinary ink that stand in lines
  Raster darkened;  // the page with this print as dark as other print; empty() when there is hardly
                    // any faint letter
};

// Looks outside `known` (pixels), which is white in what comes back. Dirt and the grain of the
// paper do not stand in lines; print that shows through from the back of the sheet does.
FaintPrint FindFaintPrint(const Raster& page, int dpi, const std::vector<Rect>& known);

// Turns large dark areas with light letters into dark letters on white, as of a negative or a
// photostat, down to a part of a page. A redaction with its label looks the same, so `is_print` is
// shown each area, turned already, and decides. Returns whether anything was turned.
bool InvertNegatives(Raster* page, int dpi, const std::function<bool(const Raster&)>& is_print);

// Makes the areas white that a marker or coloured paper has coloured and that dark print stands on.
// `rgb` is the same page in colour: rows of red, green and blue of the same width and height.
void LiftMarkers(std::string_view rgb, Raster* page, int dpi);

// Whether anything is coloured that LiftMarkers might lift. `rgb` may be of a low resolution.
bool HasMarkers(std::string_view rgb);

}  // namespace foia::ocr

#endif  // FOIA_OCR_RASTER_CONTRAST_H_
