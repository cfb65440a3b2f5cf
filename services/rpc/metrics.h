// Prometheus metrics of a process: calls by method and code, and their latency.
#ifndef FOIA_SERVICES_RPC_METRICS_H_
#define FOIA_SERVICES_RPC_METRICS_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace foia::rpc {

// Safe for concurrent use.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  void RecordCall(std::string_view method, absl::StatusCode code, absl::Duration latency);
  // A number that is asked for at each scrape, for example pages that wait.
  void AddGauge(const std::string& name, const std::string& help, std::function<double()> read);
  // Answers HTTP GET /metrics at host:port. UNAVAILABLE when it cannot listen.
  absl::Status Serve(const std::string& address);
  // Ends serving: before what the gauges read goes away.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace foia::rpc

#endif  // FOIA_SERVICES_RPC_METRICS_H_
