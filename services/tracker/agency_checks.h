// What an agency record may hold.
#ifndef FOIA_SERVICES_TRACKER_AGENCY_CHECKS_H_
#define FOIA_SERVICES_TRACKER_AGENCY_CHECKS_H_

#include "foia/tracker/v1/agency.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"

namespace foia::tracker {

// Everything wrong with the record itself; its place in the tree is the caller's to judge. A
// contact needs a source and the day on which the source said so, not after `today`.
FieldViolations CheckAgency(const v1::Agency& agency, CivilDate today);

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_AGENCY_CHECKS_H_
