// A tracker on an empty store for tests: the agencies that come with it, three people, a clock that
// stands still.
#ifndef FOIA_SERVICES_TRACKER_TRACKER_FIXTURE_H_
#define FOIA_SERVICES_TRACKER_TRACKER_FIXTURE_H_

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tracker/agencies.h"
#include "services/tracker/matters.h"
#include "services/tracker/requests.h"
#include "tests/support/status_matchers.h"

namespace foia::tracker {

inline Principal Person(const std::string& name, const std::string& label, access::v1::Role role) {
  Principal person;
  person.set_name("people/" + name);
  if (!label.empty()) (*person.mutable_roles())[label] = role;
  return person;
}

class TrackerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(RuleBook rules, LoadRules(""));
    rules_ = std::make_unique<RulesInForce>(std::move(rules));
    ASSERT_OK_AND_ASSIGN(agencies_, Agencies::Open(store_.get(), &clock_, rules_.get()));
    ASSERT_OK_AND_ASSIGN(requests_,
                         Requests::Open(store_.get(), &clock_, rules_.get(), agencies_.get()));
  }

  v1::Request AddRequest(const std::string& subject = "ERO Citizen Academy") {
    v1::CreateRequestRequest request;
    request.mutable_request()->set_agency("ero");
    request.mutable_request()->set_subject(subject);
    auto created = requests_->CreateRequest(owner_, request);
    EXPECT_OK(created);
    return *created;
  }

  v1::CreateEventRequest NewEvent(const v1::Request& request, v1::EventType type, CivilDate on) {
    v1::CreateEventRequest event;
    event.set_parent(request.name());
    event.mutable_event()->set_type(type);
    *event.mutable_event()->mutable_effective_on() = DateToProto(on);
    return event;
  }

  v1::CreateEventResponse Record(const v1::Request& request, v1::EventType type, CivilDate on) {
    auto response = requests_->CreateEvent(owner_, NewEvent(request, type, on));
    EXPECT_OK(response);
    return *response;
  }

  const Principal owner_ = Person("owner", "labels/private", access::v1::ROLE_OWNER);
  const Principal viewer_ = Person("viewer", "labels/private", access::v1::ROLE_VIEWER);
  const Principal stranger_ = Person("stranger", "labels/other", access::v1::ROLE_OWNER);
  ManualClock clock_{absl::FromCivil(absl::CivilSecond(2020, 9, 1, 12, 0, 0), absl::UTCTimeZone())};
  std::unique_ptr<storage::KeyValueStore> store_ = storage::NewMemoryStore();
  std::unique_ptr<RulesInForce> rules_;
  std::unique_ptr<Agencies> agencies_;
  std::unique_ptr<Requests> requests_;
  Matters matters_{store_.get(), &clock_};
};

}  // namespace foia::tracker

#endif  // FOIA_SERVICES_TRACKER_TRACKER_FIXTURE_H_
