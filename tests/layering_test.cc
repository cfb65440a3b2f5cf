// The dependency order of ARCHITECTURE.md, held against every #include of the tree:
//   base <- storage, ocr <- service logic <- handlers <- foiad; cli sees the client side only.
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace foia {
namespace {

namespace fs = std::filesystem;

struct Rule {
  const char* description;
  std::regex files;      // which files, by path from the root
  std::regex forbidden;  // what they may not include
};

const std::vector<Rule>& Rules() {
  static const auto* const rules = new std::vector<Rule>{
      {"base sees nothing above it", std::regex("services/base/.*"),
       std::regex("(storage|ocr|cli|tests|services/(?!base/)).*")},
      {"storage sees base only", std::regex("storage/.*"),
       std::regex("(ocr|cli|tests|services/(?!base/)|foia/(?!common/)).*")},
      {"ocr sees base and page records only", std::regex("ocr/.*"),
       std::regex("(storage|cli|tests|services/(?!base/)|foia/(?!common/|documents/)).*")},
      {"the deadline engine sees base and its rules only",
       std::regex("services/tracker/(deadlines|rules)/.*"),
       std::regex("(storage|ocr|cli|services/(?!base/|tracker/(deadlines|rules)/)).*")},
      {"logic knows no gRPC",
       std::regex("(storage|ocr|services/(base|access|tracker|documents|search|worker))/"
                  "(?!.*handlers\\.(h|cc)).*"),
       std::regex("(grpc.*|.*\\.grpc\\.pb\\.h|services/rpc/(?!authenticator\\.h).*|.*handlers\\.h|"
                  "services/foiad/.*)")},
      {"tracker logic knows no other area", std::regex("services/tracker/.*"),
       std::regex("services/(documents|search|worker|foiad)/.*")},
      {"documents logic knows no other area", std::regex("services/documents/.*"),
       std::regex("services/(tracker|search|worker|foiad)/.*")},
      {"search logic knows no other area", std::regex("services/search/.*"),
       std::regex("services/(tracker|documents|worker|foiad)/.*")},
      {"the worker parses nothing", std::regex("services/.*"),
       std::regex("(mupdf|leptonica|tesseract|allheaders|qpdf/|webp/).*")},
      {"the command line sees the client side only", std::regex("cli/.*"),
       std::regex("(storage|ocr/(?!page/)|services/"
                  "(?!base/|rpc/client\\.h|rpc/status_mapping\\.h|tracker/(deadlines|rules)/)).*")},
      {"engines stay behind their interfaces",
       std::regex("(?!storage/kv/rocksdb_[a-z_]+\\.cc|tests/).*"), std::regex("rocksdb/.*")},
      {"public headers show no engine",
       std::regex("(?!ocr/(pdf/(draw_order|forms|paint_device|qpdf)|raster/leptonica)\\.h).*\\.h"),
       std::regex("(mupdf|leptonica|tesseract|allheaders|qpdf/|webp/|rocksdb/).*")},
  };
  return *rules;
}

// Paths between quotes or angle brackets behind #include.
std::vector<std::string> IncludesOf(const fs::path& file) {
  static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"].*");
  std::vector<std::string> includes;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (std::regex_match(line, match, include)) includes.push_back(match[1]);
  }
  return includes;
}

std::vector<std::string> Violations(const std::string& file,
                                    const std::vector<std::string>& includes) {
  std::vector<std::string> violations;
  for (const Rule& rule : Rules()) {
    // Tests may look behind the curtain of their own area.
    static const std::regex test(".*_(test|contract)\\.(h|cc)");
    if (!std::regex_match(file, rule.files) || std::regex_match(file, test)) continue;
    for (const std::string& include : includes) {
      if (std::regex_match(include, rule.forbidden)) {
        violations.push_back(absl::StrCat(file, " includes ", include, ": ", rule.description));
      }
    }
  }
  return violations;
}

TEST(LayeringTest, NoFileLooksUpwards) {
  const fs::path root = testing::SourceDir();
  std::vector<std::string> violations;
  int files = 0;
  for (const char* folder : {"services", "storage", "ocr", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      ++files;
      const std::string file = fs::relative(entry.path(), root).generic_string();
      for (std::string& violation : Violations(file, IncludesOf(entry.path()))) {
        violations.push_back(std::move(violation));
      }
    }
  }
  EXPECT_GT(files, 50);
  EXPECT_THAT(violations, ::testing::IsEmpty());
}

TEST(LayeringTest, RulesBite) {
  for (const auto& [file, include] : std::vector<std::pair<std::string, std::string>>{
           {"services/base/x.cc", "storage/kv/key_value_store.h"},
           {"storage/kv/x.h", "rocksdb/db.h"},
           {"services/tracker/requests.cc", "grpcpp/grpcpp.h"},
           {"services/tracker/requests.cc", "services/documents/documents.h"},
           {"services/tracker/deadlines/engine.cc", "storage/kv/key_value_store.h"},
           {"cli/main.cc", "services/tracker/requests.h"},
           {"services/worker/worker.cc", "mupdf/fitz.h"},
           {"ocr/pdf/document.h", "mupdf/fitz.h"}}) {
    EXPECT_FALSE(Violations(file, {include}).empty()) << file << " " << include;
  }
  EXPECT_TRUE(Violations("services/tracker/handlers.cc", {"grpcpp/grpcpp.h"}).empty());
  EXPECT_TRUE(Violations("ocr/pdf/document.cc", {"mupdf/fitz.h"}).empty());
}

}  // namespace
}  // namespace foia
