// Included before Tesseract's ambigs.cpp in the build for x86-64-v3, in place of its table of
// 19,000 pairs of look-alikes: only the old engine, which we do not use, consults it, and sorting
// it takes an eighth of a second at every start and for every language.
#ifndef FOIA_OCR_RECOGNIZE_NO_AMBIGUITIES_H_
#define FOIA_OCR_RECOGNIZE_NO_AMBIGUITIES_H_

#define TESSERACT_CCUTIL_UNIVERSALAMBIGS_H_

namespace tesseract {

inline const char kUniversalAmbigsFile[] = "v2\n";  // its format, and nothing in it
inline const int ksizeofUniversalAmbigsFile = sizeof(kUniversalAmbigsFile) - 1;

}  // namespace tesseract

#endif  // FOIA_OCR_RECOGNIZE_NO_AMBIGUITIES_H_
