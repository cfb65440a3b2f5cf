// The project's own sample release: pages as an agency would send them, with invented content about
// an "ERO Citizen Academy" programme. Same seed, same bytes (unless encrypted).
#ifndef FOIA_TESTS_SUPPORT_SAMPLE_SAMPLE_H_
#define FOIA_TESTS_SUPPORT_SAMPLE_SAMPLE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace foia::testing {

struct SampleOptions {
  // 0: the eight pages of the sample. Otherwise this many pages, the eight in turn; page images are
  // shared, so that ten thousand pages stay small.
  int pages = 0;
  // Every page has a good text layer of its own and no image: quick to read.
  bool layer_only = false;
  // Adds a page whose text layer holds this word under a black box.
  std::string failed_redaction = {};
  // The user password; not empty: the file is encrypted (AES-256).
  std::string password = {};
  uint32_t seed = 1;
};

// What stands on a page of the sample.
struct SamplePage {
  std::string text;                // lines ended by "\n", codes as printed: "(b)(7)(E)"
  std::vector<std::string> codes;  // normal form, one entry per box and code
  bool blank = false;
};

struct Sample {
  std::string pdf;
  std::vector<SamplePage> pages;
};

Sample MakeSample(const SampleOptions& options);

// Pages of the sample by what they show, from 1.
inline constexpr int kSampleLetterPage = 1;    // scanned letter
inline constexpr int kSampleProgramPage = 2;   // "Citizen Academy" and a box (b)(7)(E)
inline constexpr int kSampleTurnedPage = 3;    // scanned, with /Rotate 90
inline constexpr int kSampleLayerPage = 4;     // good text layer, vector boxes with labels
inline constexpr int kSampleBlankPage = 5;     // an empty sheet, scanned
inline constexpr int kSampleSidewaysPage = 6;  // lay sideways on the scanner
inline constexpr int kSampleSkewedPage = 7;    // two degrees askew
inline constexpr int kSampleFaxPage = 8;       // black and white
inline constexpr int kSamplePages = 8;

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_SAMPLE_SAMPLE_H_
