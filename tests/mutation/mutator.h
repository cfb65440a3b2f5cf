// Makes broken files from sound ones, the same for the same seed. A new format is one function that
// makes a file of it (Corpus), and rows of mutations that know its structure (mutator.cc).
#ifndef FOIA_TESTS_MUTATION_MUTATOR_H_
#define FOIA_TESTS_MUTATION_MUTATOR_H_

#include <cstdint>
#include <string>
#include <vector>

namespace foia::testing {

enum class FileKind { kPdf, kTiff, kZip, kOther };

struct SoundFile {
  std::string name;
  FileKind kind = FileKind::kOther;
  std::string bytes;
  bool small = false;  // one page or few
};

struct Mutant {
  std::string name;  // number, sound file and mutations
  std::string bytes;
};

// The project's own files: PDFs with every image filter, encrypted, TIFF, JPEG, PNG, ZIP.
std::vector<SoundFile> GeneratedFiles();
// Those of the folder (FOIA_TEST_DATA), its PDFs; empty when `folder` is.
std::vector<SoundFile> RealFiles(const std::string& folder);

// `files` must not be empty.
Mutant MakeMutant(const std::vector<SoundFile>& files, uint32_t seed);

}  // namespace foia::testing

#endif  // FOIA_TESTS_MUTATION_MUTATOR_H_
