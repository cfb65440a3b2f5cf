// How an agency's tracking numbers look: patterns that people write, run over numbers that anybody
// may send, in linear time and bounded memory (RE2).
#ifndef FOIA_SERVICES_TRACKER_TRACKING_PATTERN_H_
#define FOIA_SERVICES_TRACKER_TRACKING_PATTERN_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/agency.pb.h"

namespace re2 {
class RE2;
}

namespace foia::tracker {

// Safe for concurrent use: immutable.
class TrackingPattern {
 public:
  // The error says what is wrong with the pattern, its kind or its example.
  static absl::StatusOr<TrackingPattern> Compile(const v1::TrackingNumberPattern& pattern);

  // Whether the pattern fits the whole of one of `spellings`.
  bool Matches(const std::vector<std::string>& spellings) const;
  v1::TrackingNumberKind kind() const { return kind_; }

 private:
  TrackingPattern(std::shared_ptr<const re2::RE2> regex, v1::TrackingNumberKind kind)
      : regex_(std::move(regex)), kind_(kind) {}

  std::shared_ptr<const re2::RE2> regex_;
  v1::TrackingNumberKind kind_;
};

// The ways a number that somebody typed or read may be meant: in capitals, dashes of any sort as
// '-', blanks at the ends gone, blanks within gone or as '-'. Empty for nothing and for what is too
// long to be a number.
std::vector<std::string> SpellingsOf(std::string_view number);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_TRACKING_PATTERN_H_
