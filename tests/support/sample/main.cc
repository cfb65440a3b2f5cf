// foia-sample OUT.pdf [--pages N] [--layer-only] [--failed-redaction WORD] [--encrypted PASSWORD]
//             [--seed N] [--truth OUT.txt]
// foia-sample OUT.pdf --letters OUT.boxes.json [--only PROFILE|STYLE] [--seed N] [--truth OUT.txt]
// Writes the project's own sample release, see sample.h, or letters full of codes, see letters.h.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sample/letters.h"
#include "tests/support/sample/sample.h"

namespace {

int Usage() {
  std::fputs(
      "usage: foia-sample OUT.pdf [--pages N] [--layer-only] [--failed-redaction WORD]\n"
      "                   [--encrypted PASSWORD] [--seed N] [--truth OUT.txt]\n"
      "       foia-sample OUT.pdf --letters OUT.boxes.json [--only PROFILE|STYLE] [--seed N]\n"
      "                   [--truth OUT.txt]\n",
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
  std::string out, truth, boxes, only;
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
      } else if (word == "--letters") {
        boxes = value;
      } else if (word == "--only") {
        only = value;
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
  std::string pdf;
  std::vector<std::string> texts;
  if (boxes.empty()) {
    const foia::testing::Sample sample = foia::testing::MakeSample(options);
    pdf = sample.pdf;
    for (const auto& page : sample.pages) texts.push_back(page.text);
  } else {
    const foia::testing::Letters letters = foia::testing::MakeLetters(options.seed, only);
    pdf = letters.pdf;
    for (const auto& page : letters.pages) texts.push_back(page.text);
    if (!Write(boxes, foia::testing::BoxesJson(letters))) return 1;
  }
  if (!Write(out, pdf)) return 1;
  if (!truth.empty()) {
    std::string text;
    for (size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) text += '\f';
      text += texts[i];
    }
    if (!Write(truth, text)) return 1;
  }
  return 0;
}
