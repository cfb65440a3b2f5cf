#include "services/tracker/agency_tree.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"
#include "services/base/suggest.h"

namespace foia::tracker {
namespace {

using Node = AgencyTree::Node;

constexpr std::string_view kNamePrefix = "agencies/";
constexpr std::string_view kDefaultJurisdiction = "us-federal";
// Shorter prefixes of an id mean nothing: the first letters are its time.
constexpr size_t kMinIdPrefix = 5;
constexpr size_t kMaxListed = 30;
constexpr size_t kMaxMisspelt = 60;
constexpr size_t kUnrelated = std::numeric_limits<size_t>::max();

std::string Upper(std::string_view text) {
  return absl::AsciiStrToUpper(absl::StripAsciiWhitespace(ToAbsl(text)));
}

// "DHS/ICE", "dhs > ice" and "DHS>ICE" are one path.
std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  for (absl::string_view part : absl::StrSplit(ToAbsl(path), absl::ByAnyChar("/>"))) {
    segments.push_back(Upper(ToStd(part)));
  }
  return segments;
}

std::string EtagOf(const v1::Agency& stored) {
  return HexEncode(Sha256(stored.SerializeAsString())).substr(0, 16);
}

bool HasAlias(const Node& node, const std::string& upper) {
  const auto same = [&](const std::string& name) { return Upper(name) == upper; };
  return same(node.stored.display_name()) ||
         std::any_of(node.stored.aliases().begin(), node.stored.aliases().end(), same);
}

// Whether the path, whose last segment is known to fit, fits upwards too.
bool ParentsFit(const Node& node, const std::vector<std::string>& segments, bool with_aliases) {
  const Node* at = node.parent;
  for (size_t i = segments.size() - 1; i-- > 0; at = at->parent) {
    if (at == nullptr) return false;
    if (Upper(at->stored.abbreviation()) != segments[i] &&
        !(with_aliases && HasAlias(*at, segments[i]))) {
      return false;
    }
  }
  return true;
}

size_t Depth(const Node& node) {
  size_t depth = 0;
  for (const Node* at = node.parent; at != nullptr; at = at->parent) ++depth;
  return depth;
}

// How near an issuer is when an agency's number is recognised: itself, those above, those below.
size_t Distance(const Node& agency, const Node& issuer) {
  const size_t from = Depth(agency);
  const size_t to = Depth(issuer);
  if (IsWithin(agency, issuer)) return from - to;
  if (IsWithin(issuer, agency)) return 1000 + to - from;
  return kUnrelated;
}

absl::Status Corrupt(const v1::Agency& agency, std::string_view why) {
  return MakeError(
      Reason::REASON_DATA_CORRUPT,
      absl::StrCat("agency '", agency.abbreviation(), "' (", agency.name(), ") ", ToAbsl(why)),
      {{"agency", agency.name()}});
}

}  // namespace

bool IsWithin(const Node& below, const Node& above) {
  for (const Node* at = &below; at != nullptr; at = at->parent) {
    if (at == &above) return true;
  }
  return false;
}

absl::StatusOr<AgencyTree> AgencyTree::Build(const std::vector<v1::Agency>& agencies) {
  std::map<std::string_view, std::vector<const v1::Agency*>> children;
  std::set<std::string_view> names;
  for (const v1::Agency& agency : agencies) {
    children[agency.parent()].push_back(&agency);
    names.insert(agency.name());
  }
  AgencyTree tree;
  std::vector<const v1::Agency*> next = children[""];
  while (!next.empty()) {
    const v1::Agency& agency = *next.back();
    next.pop_back();
    tree.Add(agency);
    const auto below = children.find(agency.name());
    if (below != children.end()) {
      next.insert(next.end(), below->second.begin(), below->second.end());
    }
  }
  for (const v1::Agency& agency : agencies) {
    if (tree.nodes_.count(agency.name()) > 0) continue;
    return Corrupt(agency, names.count(agency.parent()) == 0 ? "has a parent that is not there"
                                                             : "stands in a circle of parents");
  }
  return tree;
}

Node AgencyTree::Complete(const v1::Agency& agency) const {
  Node node;
  node.stored = agency;
  node.parent = FindByName(agency.parent());
  node.completed = agency;
  node.completed.set_etag(EtagOf(agency));
  node.completed.set_path(agency.abbreviation());
  node.sort_key = Upper(agency.abbreviation());
  std::string jurisdiction(kDefaultJurisdiction);
  std::string appeal_office = agency.name();
  if (node.parent != nullptr) {
    const v1::Agency& parent = node.parent->completed;
    node.completed.set_path(absl::StrCat(parent.path(), " > ", agency.abbreviation()));
    // Below every character of an abbreviation, so that children follow their parent.
    node.sort_key = absl::StrCat(node.parent->sort_key, "\x01", node.sort_key);
    jurisdiction = parent.jurisdiction();
    // The parent's own appeals are no reason to send those of its components there.
    if (parent.appeal_office() != parent.name() || !node.parent->stored.appeal_office().empty()) {
      appeal_office = parent.appeal_office();
    }
  }
  if (agency.jurisdiction().empty()) node.completed.set_jurisdiction(jurisdiction);
  if (agency.appeal_office().empty()) node.completed.set_appeal_office(appeal_office);
  for (const v1::TrackingNumberPattern& pattern : agency.tracking_number_patterns()) {
    // One that an older program accepted and this one does not is passed over.
    if (auto compiled = TrackingPattern::Compile(pattern); compiled.ok()) {
      node.patterns.push_back(*std::move(compiled));
    }
  }
  return node;
}

const Node& AgencyTree::Add(const v1::Agency& agency) {
  Node& node = nodes_[agency.name()];
  node = Complete(agency);
  by_path_[node.sort_key] = &node;
  by_abbreviation_[Upper(agency.abbreviation())].push_back(&node);
  std::set<std::string> aliases = {Upper(agency.display_name())};
  for (const std::string& alias : agency.aliases()) aliases.insert(Upper(alias));
  for (const std::string& alias : aliases) by_alias_[alias].push_back(&node);
  if (!node.patterns.empty()) with_patterns_.push_back(&node);
  return node;
}

const Node* AgencyTree::FindByName(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

const Node* AgencyTree::FindChild(std::string_view parent, std::string_view abbreviation) const {
  const auto found = by_abbreviation_.find(Upper(abbreviation));
  if (found == by_abbreviation_.end()) return nullptr;
  for (const Node* node : found->second) {
    if (node->stored.parent() == parent) return node;
  }
  return nullptr;
}

std::vector<const Node*> AgencyTree::FindByWords(std::string_view reference) const {
  const std::vector<std::string> segments = Segments(reference);
  std::vector<const Node*> found;
  if (const auto words = by_abbreviation_.find(segments.back()); words != by_abbreviation_.end()) {
    for (const Node* node : words->second) {
      if (!ParentsFit(*node, segments, /*with_aliases=*/false)) continue;
      // A path from the top is exact; "OSC" is the agency, not somebody's office of that name.
      if (Depth(*node) + 1 == segments.size()) return {node};
      found.push_back(node);
    }
  }
  if (!found.empty()) return found;
  if (const auto whole = by_alias_.find(Upper(reference)); whole != by_alias_.end()) {
    return whole->second;
  }
  std::set<const Node*> several;
  for (const Words* index : {&by_abbreviation_, &by_alias_}) {
    const auto words = index->find(segments.back());
    if (words == index->end()) continue;
    for (const Node* node : words->second) {
      if (ParentsFit(*node, segments, /*with_aliases=*/true)) several.insert(node);
    }
  }
  return {several.begin(), several.end()};
}

std::string AgencyTree::DidYouMean(std::string_view reference) const {
  if (reference.size() > kMaxMisspelt) return "";
  // By a part of the path or of a name; else by the spelling of one word.
  std::vector<Candidate> paths;
  for (const auto& [key, node] : by_path_) {
    const v1::Agency& agency = node->completed;
    paths.push_back(
        {absl::StrReplaceAll(agency.path(), {{" > ", "/"}}),
         absl::StrCat(agency.display_name(), " ", absl::StrJoin(agency.aliases(), " "))});
  }
  const std::string near = foia::DidYouMean(std::string(reference), paths);
  if (!near.empty()) return near;
  std::vector<std::string> words;
  for (const Words* index : {&by_abbreviation_, &by_alias_}) {
    for (const auto& entry : *index) words.push_back(entry.first);
  }
  std::sort(words.begin(), words.end());
  return foia::DidYouMean(Upper(reference), words);
}

absl::StatusOr<const Node*> AgencyTree::Find(std::string_view reference) const {
  if (const Node* exact = FindByName(reference); exact != nullptr) return exact;
  // Abbreviation and path come before the id: nobody means an id by "A".
  std::vector<const Node*> found = FindByWords(reference);
  if (found.empty()) {
    std::string prefix = absl::AsciiStrToLower(ToAbsl(reference));
    if (!absl::StartsWith(prefix, ToAbsl(kNamePrefix))) {
      prefix = absl::StrCat(ToAbsl(kNamePrefix), prefix);
    }
    if (prefix.size() >= kNamePrefix.size() + kMinIdPrefix) {
      for (auto it = nodes_.lower_bound(prefix);
           it != nodes_.end() && absl::StartsWith(it->first, prefix); ++it) {
        found.push_back(&it->second);
      }
    }
  }
  if (found.size() == 1) return found.front();
  const ErrorMetadata metadata{{"agency", std::string(reference)}};
  if (found.empty()) {
    return MakeError(
        Reason::REASON_AGENCY_NOT_FOUND,
        absl::StrCat("there is no agency '", ToAbsl(reference), "'", DidYouMean(reference)),
        metadata);
  }
  std::vector<std::string> paths;
  for (const Node* node : found) paths.push_back(node->completed.path());
  std::sort(paths.begin(), paths.end());
  const size_t more = paths.size() > kMaxListed ? paths.size() - kMaxListed : 0;
  paths.resize(paths.size() - more);
  return MakeError(
      Reason::REASON_AMBIGUOUS_NAME,
      absl::StrCat("'", ToAbsl(reference), "' fits several agencies: ", absl::StrJoin(paths, ", "),
                   more == 0 ? "" : absl::StrCat(" and ", more, " more")),
      metadata);
}

std::optional<RecognisedNumber> AgencyTree::Recognise(std::string_view number,
                                                      const Node* agency) const {
  const std::vector<std::string> spellings = SpellingsOf(number);
  if (spellings.empty()) return std::nullopt;
  std::optional<RecognisedNumber> best;
  size_t nearest = kUnrelated;
  bool in_doubt = false;
  for (const Node* issuer : with_patterns_) {
    const size_t distance = agency == nullptr ? 0 : Distance(*agency, *issuer);
    if (distance == kUnrelated || distance > nearest) continue;
    for (const TrackingPattern& pattern : issuer->patterns) {
      if (!pattern.Matches(spellings)) continue;
      in_doubt = best.has_value() && distance == nearest;
      best = RecognisedNumber{pattern.kind(), issuer->stored.name()};
      nearest = distance;
      break;  // the first pattern of an agency wins
    }
  }
  if (in_doubt) return std::nullopt;
  return best;
}

}  // namespace foia::tracker
