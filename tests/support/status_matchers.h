// gmock matchers for absl::Status and absl::StatusOr.
#ifndef FOIA_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define FOIA_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <utility>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"

namespace foia::testing {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

// EXPECT_THAT(status_or_statusor, IsOk());
MATCHER(IsOk, "is OK") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

// EXPECT_THAT(statusor, HasReason(Reason::REASON_STALE_ETAG));
MATCHER_P(HasReason, reason, "has reason " + common::v1::Reason_Name(reason)) {
  *result_listener << GetStatus(arg).ToString();
  return !GetStatus(arg).ok() && ReasonOf(GetStatus(arg)) == reason;
}

// EXPECT_THAT(status_or_statusor, StatusIs(absl::StatusCode::kAborted));
MATCHER_P(StatusIs, code, "has code " + absl::StatusCodeToString(code)) {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code;
}

// EXPECT_THAT(statusor, IsOkAndHolds(matcher));
MATCHER_P(IsOkAndHolds, matcher, "") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}

}  // namespace foia::testing

#define ASSERT_OK(expr) ASSERT_THAT(expr, ::foia::testing::IsOk())
#define EXPECT_OK(expr) EXPECT_THAT(expr, ::foia::testing::IsOk())
// ASSERT_OK_AND_ASSIGN(auto value, Compute());
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_IMPL_(FOIA_STATUS_CONCAT_(test_statusor_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                               \
  ASSERT_OK(statusor);                                  \
  lhs = std::move(statusor).value()

#include "services/base/status.h"

#endif  // FOIA_TESTS_SUPPORT_STATUS_MATCHERS_H_
