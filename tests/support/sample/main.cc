// foia-sample OUT.pdf [--pages N] [--layer-only] [--failed-redaction WORD] [--encrypted PASSWORD]
//             [--seed N] [--truth OUT.txt]
// Writes the project's own sample release; see sample.h.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/support/sample/sample.h"

namespace {

int Usage() {
  std::fputs(
      "usage: foia-sample OUT.pdf [--pages N] [--layer-only] [--failed-redaction WORD]\n"
      "                   [--encrypted PASSWORD] [--seed N] [--truth OUT.txt]\n",
      stderr);
  return 2;
}

bool Write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) std::fprintf(stderr, "foia-sample: cannot write '%s'\n", path.c_str());
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  foia::testing::SampleOptions options;
  std::string out, truth;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--layer-only") {
      options.layer_only = true;
    } else if (word.starts_with("--")) {
      if (i + 1 == argc) return Usage();
      const char* value = argv[++i];
      if (word == "--pages") {
        options.pages = std::atoi(value);
      } else if (word == "--failed-redaction") {
        options.failed_redaction = value;
      } else if (word == "--encrypted") {
        options.password = value;
      } else if (word == "--seed") {
        options.seed = static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
      } else if (word == "--truth") {
        truth = value;
      } else {
        return Usage();
      }
    } else if (out.empty()) {
      out = word;
    } else {
      return Usage();
    }
  }
  if (out.empty()) return Usage();
  const foia::testing::Sample sample = foia::testing::MakeSample(options);
  if (!Write(out, sample.pdf)) return 1;
  if (!truth.empty()) {
    std::string text;
    for (size_t i = 0; i < sample.pages.size(); ++i) {
      if (i > 0) text += '\f';
      text += sample.pages[i].text;
    }
    if (!Write(truth, text)) return 1;
  }
  return 0;
}
