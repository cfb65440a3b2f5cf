// Errors are values: FOIA_RETURN_IF_ERROR and FOIA_ASSIGN_OR_RETURN pass them on.
//
//   FOIA_RETURN_IF_ERROR(store.Commit(batch));
//   FOIA_ASSIGN_OR_RETURN(std::string value, store.Get(key));
#ifndef FOIA_SERVICES_BASE_STATUS_H_
#define FOIA_SERVICES_BASE_STATUS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define FOIA_RETURN_IF_ERROR(expr)               \
  do {                                           \
    ::absl::Status foia_status_ = (expr);        \
    if (!foia_status_.ok()) return foia_status_; \
  } while (false)

#define FOIA_STATUS_CONCAT_INNER_(a, b) a##b
#define FOIA_STATUS_CONCAT_(a, b) FOIA_STATUS_CONCAT_INNER_(a, b)
#define FOIA_ASSIGN_OR_RETURN(lhs, expr) \
  FOIA_ASSIGN_OR_RETURN_IMPL_(FOIA_STATUS_CONCAT_(foia_statusor_, __LINE__), lhs, expr)
#define FOIA_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr)   \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return std::move(statusor).status(); \
  lhs = std::move(statusor).value()

#endif  // FOIA_SERVICES_BASE_STATUS_H_
