// What matters and requests say of themselves: checks of what people type, and search by words.
// Pure functions.
#ifndef FOIA_SERVICES_TRACKER_FIELDS_H_
#define FOIA_SERVICES_TRACKER_FIELDS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "foia/tracker/v1/party.pb.h"
#include "foia/tracker/v1/request.pb.h"
#include "foia/tracker/v1/tracking_number.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"

namespace foia::tracker {

using Tags = google::protobuf::RepeatedPtrField<std::string>;
using Parties = google::protobuf::RepeatedPtrField<v1::Party>;
using TrackingNumbers = google::protobuf::RepeatedPtrField<v1::TrackingNumber>;

// What a caller may say of a request, and change.
const std::vector<std::string>& RequestFields();
// The same of a matter.
const std::vector<std::string>& MatterFields();

// Trims tags, drops empty ones and those that differ only in case from an earlier one.
void CleanTags(Tags& tags);
// Each party needs a name and a role; adds a violation under `field` for each that lacks one.
void CheckParties(const Parties& parties, std::string_view field, FieldViolations& violations);
// Dates in order, a limit that is not negative, parties and links that are whole.
void CheckRequest(const v1::Request& request, FieldViolations& violations);

// A period of records that `before` does not have and that begins after `today`, or ends more than
// five years after it, is a slip; nobody can be asked for what is not made yet.
void CheckRecordsPeriod(const v1::Request& before, CivilDate today, const v1::Request& request,
                        FieldViolations& violations);

// What two filings at an agency have in common when they are the same: the text that is sent, case,
// blanks and punctuation aside; without a text, the records sought and their period. Empty when the
// request has neither.
std::string FilingKey(const v1::Request& request);
// Whether two filings with equal keys may still be different: neither has a text, and the agency
// gave them different numbers.
bool HaveDifferentNumbers(const v1::Request& a, const v1::Request& b);

// A tracking number without case, blanks and punctuation: "2020-ICLI-00042" is "2020ICLI00042".
std::string NormalTrackingNumber(std::string_view number);
// Sets `tracking_numbers` to the values of the numbers in use.
void ListNumbersInUse(v1::Request& request);
// Adds the `values` that are not there yet.
void AddNumbers(const Tags& values, TrackingNumbers& numbers);
// Retires those that are not in `values`, so that a letter that still carries one finds its
// request, and brings back those that are.
void RetireOtherNumbers(const Tags& values, TrackingNumbers& numbers);

// True when `text` stands in one of `places`, case aside; an empty text stands everywhere.
bool StandsIn(std::string_view text, std::initializer_list<std::string_view> places);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_FIELDS_H_
