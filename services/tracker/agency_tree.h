// All agencies in memory: the tree, what is derived from it, and an index of every name that people
// use. No I/O.
#ifndef FOIA_SERVICES_TRACKER_AGENCY_TREE_H_
#define FOIA_SERVICES_TRACKER_AGENCY_TREE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "foia/tracker/v1/agency.pb.h"
#include "services/tracker/tracking_pattern.h"

namespace foia::tracker {

// What a tracking number says about itself.
struct RecognisedNumber {
  v1::TrackingNumberKind kind;
  std::string issuer;  // agencies/{agency} whose pattern fits
};

// Const methods are safe for concurrent use.
class AgencyTree {
 public:
  struct Node {
    v1::Agency stored;     // as it was given
    v1::Agency completed;  // with path, etag, jurisdiction and appeal office
    const Node* parent = nullptr;
    std::string sort_key;  // parents before children
    std::vector<TrackingPattern> patterns;
  };

  // The tree of these agencies. DATA_CORRUPT for a parent that is missing or leads back to itself.
  static absl::StatusOr<AgencyTree> Build(const std::vector<v1::Agency>& agencies);

  AgencyTree() = default;
  AgencyTree(AgencyTree&&) = default;
  AgencyTree& operator=(AgencyTree&&) = default;

  // What would stand in the tree if the agency, whose parent is there, were added.
  Node Complete(const v1::Agency& agency) const;
  // Adds an agency that is new and whose parent is there.
  const Node& Add(const v1::Agency& agency);

  const Node* FindByName(std::string_view name) const;
  // The agency that `reference` means: see Agencies::Find.
  absl::StatusOr<const Node*> Find(std::string_view reference) const;
  // The child of `parent` (a name; empty: at the top) with this abbreviation, case aside.
  const Node* FindChild(std::string_view parent, std::string_view abbreviation) const;
  // See Agencies::Recognise; `agency` is null for all.
  std::optional<RecognisedNumber> Recognise(std::string_view number, const Node* agency) const;
  // In the order of paths.
  const std::map<std::string, const Node*, std::less<>>& by_path() const { return by_path_; }
  const std::map<std::string, Node, std::less<>>& by_name() const { return nodes_; }

 private:
  using Words = std::unordered_map<std::string, std::vector<const Node*>>;

  std::vector<const Node*> FindByWords(std::string_view reference) const;
  std::string DidYouMean(std::string_view reference) const;

  std::map<std::string, Node, std::less<>> nodes_;
  std::map<std::string, const Node*, std::less<>> by_path_;
  Words by_abbreviation_;  // upper case
  Words by_alias_;         // aliases and full names, upper case
  std::vector<const Node*> with_patterns_;
};

// Whether `below` is `above` or stands somewhere below it.
bool IsWithin(const AgencyTree::Node& below, const AgencyTree::Node& above);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_AGENCY_TREE_H_
