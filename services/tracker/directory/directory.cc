#include "services/tracker/directory/directory.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"

namespace foia::tracker {
namespace {

absl::Status Broken(const std::string& file, std::string_view why) {
  return MakeError(Reason::REASON_INTERNAL,
                   absl::StrCat("agency directory, ", file, ": ", ToAbsl(why)), {{"file", file}});
}

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat("line ", line + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Normal(std::string_view path) { return absl::AsciiStrToUpper(ToAbsl(path)); }

}  // namespace

std::string ShippedAgencyName(std::string_view path) {
  return absl::StrCat("agencies/", IdFromHash('a', Sha256(Normal(path))));
}

absl::StatusOr<std::vector<v1::Agency>> ParseDirectory(
    const std::map<std::string, std::string>& files) {
  std::vector<v1::Agency> agencies;
  std::map<std::string, std::string> names;    // by path
  std::map<std::string, std::string> file_of;  // by name
  for (const auto& [file, text] : files) {
    v1::AgencyDirectory directory;
    FirstError error;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    if (!parser.ParseFromString(text, &directory)) return Broken(file, error.text());
    for (v1::Agency& agency : *directory.mutable_agencies()) {
      std::string path = agency.abbreviation();
      if (!agency.parent().empty()) {
        path = absl::StrCat(agency.parent(), "/", path);
        const auto parent = names.find(Normal(agency.parent()));
        if (parent == names.end()) return Broken(file, absl::StrCat(path, " has no parent"));
        agency.set_parent(parent->second);
      }
      if (agency.name().empty()) agency.set_name(ShippedAgencyName(path));
      if (!names.emplace(Normal(path), agency.name()).second ||
          !file_of.emplace(agency.name(), file).second) {
        return Broken(file, absl::StrCat(path, " stands there twice"));
      }
      agencies.push_back(std::move(agency));
    }
  }
  for (v1::Agency& agency : agencies) {
    if (agency.appeal_office().empty()) continue;
    const auto office = names.find(Normal(agency.appeal_office()));
    if (office == names.end()) {
      return Broken(file_of.at(agency.name()),
                    absl::StrCat(agency.abbreviation(), ": there is no '", agency.appeal_office(),
                                 "' to appeal to"));
    }
    agency.set_appeal_office(office->second);
  }
  return agencies;
}

}  // namespace foia::tracker
