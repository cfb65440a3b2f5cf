#include "services/rpc/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <exception>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace foia::rpc {
namespace {

const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets{0.001, 0.003, 0.01, 0.03, 0.1,
                                                               0.3,   1,     3,    10,   30};
  return buckets;
}

// Gauges that are read when they are scraped.
class ReadGauges final : public prometheus::Collectable {
 public:
  void Add(const std::string& name, const std::string& help, std::function<double()> read) {
    std::lock_guard lock(mutex_);
    gauges_.push_back({name, help, std::move(read)});
  }
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::lock_guard lock(mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const Gauge& gauge : gauges_) {
      prometheus::ClientMetric metric;
      metric.gauge.value = gauge.read();
      families.push_back({gauge.name, gauge.help, prometheus::MetricType::Gauge, {metric}});
    }
    return families;
  }

 private:
  struct Gauge {
    std::string name;
    std::string help;
    std::function<double()> read;
  };
  mutable std::mutex mutex_;
  std::vector<Gauge> gauges_;
};

}  // namespace

struct Metrics::Impl {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<ReadGauges> gauges = std::make_shared<ReadGauges>();
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("foia_rpc_calls_total")
                                                       .Help("Calls by method and status code")
                                                       .Register(*registry);
  prometheus::Family<prometheus::Histogram>& latency =
      prometheus::BuildHistogram()
          .Name("foia_rpc_seconds")
          .Help("Time from a call's arrival to its answer")
          .Register(*registry);
  std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::RecordCall(std::string_view method, absl::StatusCode code, absl::Duration latency) {
  const std::string name(method);
  impl_->calls.Add({{"method", name}, {"code", absl::StatusCodeToString(code)}}).Increment();
  impl_->latency.Add({{"method", name}}, LatencyBuckets()).Observe(absl::ToDoubleSeconds(latency));
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       std::function<double()> read) {
  impl_->gauges->Add(name, help, std::move(read));
}

absl::Status Metrics::Serve(const std::string& address) {
  try {  // civetweb's C++ wrapper throws when it cannot listen
    impl_->exposer = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& error) {
    return MakeError(Reason::REASON_INTERNAL,
                     absl::StrCat("cannot serve metrics at ", address, ": ", error.what()));
  }
  impl_->exposer->RegisterCollectable(impl_->registry);
  impl_->exposer->RegisterCollectable(impl_->gauges);
  return absl::OkStatus();
}

void Metrics::Stop() { impl_->exposer.reset(); }

}  // namespace foia::rpc
