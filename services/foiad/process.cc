#include "services/foiad/process.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/access/access.h"
#include "services/access/handlers.h"
#include "services/base/clock.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/document_store.h"
#include "services/documents/documents.h"
#include "services/documents/feed.h"
#include "services/documents/handlers.h"
#include "services/documents/page_pool.h"
#include "services/documents/page_tasks.h"
#include "services/documents/renditions.h"
#include "services/foiad/admin.h"
#include "services/foiad/data_directory.h"
#include "services/foiad/peers.h"
#include "services/foiad/worker_child.h"
#include "services/foiad/worker_role.h"
#include "services/rpc/dispatcher.h"
#include "services/rpc/metrics.h"
#include "services/search/handlers.h"
#include "services/search/indexer.h"
#include "services/search/searcher.h"
#include "services/tracker/agencies.h"
#include "services/tracker/handlers.h"
#include "services/tracker/requests.h"
#include "services/tracker/rules_admin.h"
#include "storage/cache/disk_cache.h"
#include "storage/file/file.h"
#include "storage/kv/rocksdb_store.h"

namespace foia::foiad {
namespace {

// Together less than the ten seconds that stopping may take.
constexpr absl::Duration kWorkerDrain = absl::Seconds(6);
constexpr absl::Duration kCallDrain = absl::Seconds(3);
constexpr std::chrono::seconds kMonitorPeriod{1};
constexpr int kMonitorPeriodsPerSweep = 3600;
// sockaddr_un holds 108 bytes.
constexpr size_t kLongestSocketPath = 100;
// Messages hold at most a 1 MiB chunk or a page record and their surroundings.
constexpr int kMaxMessageBytes = 8 << 20;
// A page that is drawn after so many others is looked at by nobody any more.
constexpr size_t kMaxQueuedDrawings = 64;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(const Options& options) {
  if (options.tls_cert.empty()) return grpc::InsecureServerCredentials();
  FOIA_ASSIGN_OR_RETURN(std::string key, ReadSmallFile(options.tls_key));
  FOIA_ASSIGN_OR_RETURN(std::string cert, ReadSmallFile(options.tls_cert));
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({std::move(key), std::move(cert)});
  return grpc::SslServerCredentials(ssl);
}

}  // namespace

struct Process::Impl {
  explicit Impl(Options o) : options(std::move(o)) {}
  ~Impl() { Stop(); }

  bool Has(const std::string& role) const { return options.roles.count(role) > 0; }
  absl::Status Start();
  absl::Status CheckPeers() const;
  absl::Status ReadSystemSecret();
  absl::StatusOr<storage::KeyValueStore*> OpenStore(const std::string& name);
  absl::Status StartTracker();
  absl::Status WriteOwnerToken();
  absl::Status StartDocuments();
  absl::Status StartSearch();
  absl::Status StartServer();
  absl::Status ConnectPeers();
  void StartMonitor();
  absl::StatusOr<rpc::Client> ClientOf(const std::string& role,
                                       const std::string& remote_address) const;
  void Stop();

  const Options options;
  const SystemClock clock;
  std::string system_secret;
  std::string address;
  std::string local_address;  // for this machine's child processes
  std::unique_ptr<DataDirectory> data;
  rpc::Metrics metrics;

  std::map<std::string, std::unique_ptr<storage::KeyValueStore>> stores;
  std::unique_ptr<storage::BlobStore> blobs;

  std::unique_ptr<access::Access> access;
  std::unique_ptr<RemoteAccess> remote_access;
  std::unique_ptr<tracker::RulesInForce> rules;
  std::unique_ptr<tracker::Agencies> agencies;
  std::unique_ptr<tracker::Matters> matters;
  std::unique_ptr<tracker::Requests> requests;
  std::unique_ptr<tracker::RulesAdmin> rules_admin;

  TrackerRequests tracker_requests;
  std::unique_ptr<documents::DocumentStore> document_store;
  std::unique_ptr<documents::Documents> documents;
  std::unique_ptr<documents::PageTasks> page_tasks;
  std::unique_ptr<documents::Feed> feed;
  std::unique_ptr<storage::DiskCache> cache;
  std::unique_ptr<documents::PagePool> page_pool;
  std::unique_ptr<documents::Renditions> renditions;

  std::unique_ptr<storage::Index> index;
  search::ListChanges list_changes;  // set before the indexer starts
  std::unique_ptr<search::Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
  std::thread indexer_thread;

  std::unique_ptr<Admin> admin;
  // A pool of its own for each kind of call, so that no call waits for another of its own pool:
  std::unique_ptr<rpc::Dispatcher> leaves;   // those that call nobody: access, tracker, admin
  std::unique_ptr<rpc::Dispatcher> callers;  // those that may call the above: documents, search
  std::unique_ptr<rpc::Dispatcher> waiters;  // those that may take or wait long
  std::unique_ptr<rpc::Dispatcher> drawers;  // those for which people wait long: pictures, exports
  std::vector<std::unique_ptr<grpc::Service>> grpc_services;
  std::unique_ptr<grpc::Server> server;

  std::unique_ptr<WorkerChild> worker_child;
  std::unique_ptr<WorkerRole> worker;

  std::mutex monitor_mutex;
  std::condition_variable monitor_wake;
  bool stopping = false;
  std::thread monitor;
};

absl::Status Process::Impl::ReadSystemSecret() {
  if (options.system_token_file.empty()) {
    system_secret = HexEncode(RandomBytes(32));
    return absl::OkStatus();
  }
  FOIA_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(options.system_token_file));
  system_secret = std::string(absl::StripAsciiWhitespace(text));
  if (system_secret.size() < 32) {
    return MakeError(
        Reason::REASON_UNREADABLE_FILE,
        absl::StrCat("'", options.system_token_file, "' must hold at least 32 characters"),
        {{"file", options.system_token_file}});
  }
  return absl::OkStatus();
}

absl::StatusOr<storage::KeyValueStore*> Process::Impl::OpenStore(const std::string& name) {
  FOIA_RETURN_IF_ERROR(storage::MakeDirectories(data->Sub("kv")));
  FOIA_ASSIGN_OR_RETURN(stores[name], storage::OpenRocksDb({.directory = data->Sub("kv/" + name)}));
  return stores[name].get();
}

// A role that is needed and does not run here must be somewhere else.
absl::Status Process::Impl::CheckPeers() const {
  FieldViolations violations;
  const bool needs_documents = Has("worker") || Has("search");
  const bool needs_tracker = Has("documents") || Has("search");
  if (needs_documents && !Has("documents") && options.documents.empty()) {
    violations.emplace_back("--documents", "is needed: the documents role does not run here");
  }
  if (needs_tracker && !Has("tracker") && options.tracker.empty()) {
    violations.emplace_back("--tracker", "is needed: the tracker role does not run here");
  }
  for (const auto& [flag, peer] :
       {std::pair{"--documents", options.documents}, std::pair{"--tracker", options.tracker}}) {
    if (peer.empty()) continue;
    if (options.system_token_file.empty()) {
      violations.emplace_back("--system-token-file", "is needed to call another process");
    }
    if (!IsLoopback(peer) && options.peer_ca.empty() && !options.insecure) {
      violations.emplace_back(flag, "is not a loopback address: give --peer-ca, or --insecure");
    }
  }
  return InvalidFields(violations);
}

absl::Status Process::Impl::Start() {
  FOIA_RETURN_IF_ERROR(CheckPeers());
  if (Has("worker")) FOIA_RETURN_IF_ERROR(WorkerRole::CheckLanguages(options));
  FOIA_RETURN_IF_ERROR(ReadSystemSecret());
  if (options.roles == std::set<std::string>{"worker"}) {
    FOIA_ASSIGN_OR_RETURN(rpc::Client client, ClientOf("documents", options.documents));
    worker = std::make_unique<WorkerRole>(options, std::move(client));
    worker->Start();
    return absl::OkStatus();  // a worker calls, it is not called
  }
  FOIA_ASSIGN_OR_RETURN(data, DataDirectory::Open(options.data));
  if (Has("tracker")) FOIA_RETURN_IF_ERROR(StartTracker());
  if (!Has("tracker")) {
    FOIA_ASSIGN_OR_RETURN(rpc::Client client, ClientOf("tracker", options.tracker));
    remote_access = std::make_unique<RemoteAccess>(std::move(client));
  }
  if (Has("documents")) FOIA_RETURN_IF_ERROR(StartDocuments());
  if (Has("search")) FOIA_RETURN_IF_ERROR(StartSearch());
  FOIA_RETURN_IF_ERROR(StartServer());
  FOIA_RETURN_IF_ERROR(ConnectPeers());
  if (!options.metrics.empty()) FOIA_RETURN_IF_ERROR(metrics.Serve(options.metrics));
  StartMonitor();
  if (!options.port_file.empty()) {
    FOIA_RETURN_IF_ERROR(storage::ReplaceFile(options.port_file, address + "\n"));
  }
  return absl::OkStatus();
}

absl::Status Process::Impl::StartTracker() {
  FOIA_ASSIGN_OR_RETURN(storage::KeyValueStore * access_store, OpenStore("access"));
  FOIA_ASSIGN_OR_RETURN(access, access::Access::Open({access_store, &clock, system_secret}));
  FOIA_RETURN_IF_ERROR(WriteOwnerToken());
  FOIA_ASSIGN_OR_RETURN(tracker::RuleBook book, tracker::LoadRules(options.rules));
  Log(Severity::kInfo, "rules",
      {{"digest", book.digest()},
       {"jurisdictions", absl::StrCat(book.jurisdictions().size())},
       {"directory", options.rules}});
  rules = std::make_unique<tracker::RulesInForce>(std::move(book));
  FOIA_ASSIGN_OR_RETURN(storage::KeyValueStore * store, OpenStore("tracker"));
  FOIA_ASSIGN_OR_RETURN(agencies, tracker::Agencies::Open(store, &clock, rules.get()));
  matters = std::make_unique<tracker::Matters>(store, &clock, access.get());
  FOIA_ASSIGN_OR_RETURN(
      requests, tracker::Requests::Open(store, &clock, rules.get(), agencies.get(), access.get()));
  rules_admin =
      std::make_unique<tracker::RulesAdmin>(options.rules, rules.get(), &requests->docket());
  return absl::OkStatus();
}

// The file holds a token that works, always: a lost, damaged or restored one is made anew.
absl::Status Process::Impl::WriteOwnerToken() {
  const std::string path = data->Sub("token");
  const absl::StatusOr<std::string> stored = ReadSmallFile(path);
  if (stored.ok() && access->Resolve(ToStd(absl::StripAsciiWhitespace(*stored))).ok()) {
    return absl::OkStatus();
  }
  FOIA_ASSIGN_OR_RETURN(const std::string secret, access->CreateOwnerToken());
  return storage::ReplaceFile(path, secret + "\n", 0600);
}

absl::Status Process::Impl::StartDocuments() {
  FOIA_ASSIGN_OR_RETURN(storage::KeyValueStore * store, OpenStore("documents"));
  FOIA_ASSIGN_OR_RETURN(blobs,
                        storage::OpenDirectoryBlobStore(data->Sub("blobs"), data->Sub("tmp")));
  FOIA_ASSIGN_OR_RETURN(document_store, documents::DocumentStore::Open(*store, *blobs, clock));
  documents = std::make_unique<documents::Documents>(*document_store, tracker_requests);
  page_tasks = std::make_unique<documents::PageTasks>(*document_store);
  feed = std::make_unique<documents::Feed>(*document_store);
  FOIA_ASSIGN_OR_RETURN(cache,
                        storage::DiskCache::Open(data->Sub("cache"), options.cache_mib << 20));
  page_pool = std::make_unique<documents::PagePool>(documents::PagePoolOptions{});
  renditions = std::make_unique<documents::Renditions>(*document_store, *page_pool, *cache);
  return documents->SweepUploads();
}

absl::Status Process::Impl::StartSearch() {
  FOIA_ASSIGN_OR_RETURN(storage::KeyValueStore * store, OpenStore("search"));
  FOIA_ASSIGN_OR_RETURN(index, storage::Index::Open(store));
  return absl::OkStatus();  // the indexer starts once the feed can be reached
}

absl::Status Process::Impl::StartServer() {
  rpc::Authenticator* authenticator = remote_access.get();
  rpc::AuditSink* audit = remote_access.get();
  if (access != nullptr) {
    authenticator = access.get();
    audit = access.get();
  }
  const rpc::DispatcherOptions dispatcher_options{authenticator, audit, &metrics};
  leaves = std::make_unique<rpc::Dispatcher>(dispatcher_options);
  callers = std::make_unique<rpc::Dispatcher>(dispatcher_options);
  waiters = std::make_unique<rpc::Dispatcher>(dispatcher_options);
  rpc::DispatcherOptions drawing = dispatcher_options;
  drawing.max_queued = kMaxQueuedDrawings;
  drawers = std::make_unique<rpc::Dispatcher>(drawing);

  Admin::Parts parts;
  parts.roles = options.roles;
  for (const auto& [name, store] : stores) {
    if (name == "search") {
      parts.index_store = store.get();
    } else {
      parts.stores[name] = store.get();
    }
  }
  parts.blobs = blobs.get();
  parts.requests = requests.get();
  parts.documents = document_store.get();
  parts.rules = rules.get();
  if (index != nullptr) {
    indexer = std::make_unique<search::Indexer>(
        stores["search"].get(), index.get(),
        [this](const documents::v1::ListChangesRequest& request) { return list_changes(request); });
    searcher =
        std::make_unique<search::Searcher>(stores["search"].get(), index.get(), indexer.get());
    parts.indexer = indexer.get();
    parts.searcher = searcher.get();
  }
  admin = std::make_unique<Admin>(std::move(parts));

  if (access != nullptr) {
    grpc_services.push_back(access::NewAccessService(leaves.get(), access.get()));
    grpc_services.push_back(tracker::NewAgencyService(leaves.get(), agencies.get()));
    grpc_services.push_back(tracker::NewMatterService(leaves.get(), matters.get()));
    grpc_services.push_back(tracker::NewRequestService(leaves.get(), requests.get()));
    grpc_services.push_back(tracker::NewRulesService(waiters.get(), rules_admin.get()));
  }
  if (documents != nullptr) {
    grpc_services.push_back(documents::NewDocumentService(callers.get(), documents.get(),
                                                          drawers.get(), renditions.get()));
    grpc_services.push_back(documents::NewPageTaskService(waiters.get(), page_tasks.get()));
    grpc_services.push_back(documents::NewFeedService(waiters.get(), feed.get()));
  }
  if (searcher != nullptr) {
    grpc_services.push_back(search::NewSearchService(callers.get(), searcher.get()));
  }
  grpc_services.push_back(NewAdminService(leaves.get(), admin.get()));

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server must fail, not share
  FOIA_ASSIGN_OR_RETURN(const auto credentials, Credentials(options));
  if (!IsLoopback(options.listen) && options.tls_cert.empty()) {
    Log(Severity::kWarning, "insecure_listen", {{"address", options.listen}});
  }
  int port = 0;
  builder.AddListeningPort(options.listen, credentials, &port);
  const std::string socket = data->Sub("foiad.sock");
  if (socket.size() <= kLongestSocketPath) {
    unlink(socket.c_str());  // of a foiad that was killed; the lock says that none runs
    local_address = "unix:" + socket;
  } else {
    local_address = "unix-abstract:foiad-" + HexEncode(Sha256(socket)).substr(0, 32);
  }
  builder.AddListeningPort(local_address, grpc::InsecureServerCredentials());
  for (const auto& service : grpc_services) builder.RegisterService(service.get());
  server = builder.BuildAndStart();
  if (server == nullptr || (port == 0 && options.listen.rfind("unix:", 0) != 0)) {
    return MakeError(
        Reason::REASON_ALREADY_EXISTS,
        absl::StrCat("cannot listen on ", options.listen, "; is another foiad running there?"),
        {{"address", options.listen}});
  }
  address = options.listen;
  if (port > 0) address = address.substr(0, address.rfind(':') + 1) + absl::StrCat(port);
  return absl::OkStatus();
}

absl::StatusOr<rpc::Client> Process::Impl::ClientOf(const std::string& role,
                                                    const std::string& remote_address) const {
  if (Has(role) && server != nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return rpc::Client(server->InProcessChannel(arguments), system_secret, absl::Seconds(10));
  }
  rpc::ClientOptions client;
  client.server = remote_address;
  client.token = system_secret;
  if (!IsLoopback(remote_address)) client.ca_file = options.peer_ca;
  return rpc::Client::Connect(client);
}

absl::Status Process::Impl::ConnectPeers() {
  if (documents != nullptr) {
    FOIA_ASSIGN_OR_RETURN(rpc::Client client, ClientOf("tracker", options.tracker));
    tracker_requests.Connect(std::move(client));
  }
  if (indexer != nullptr) {
    FOIA_ASSIGN_OR_RETURN(rpc::Client client, ClientOf("documents", options.documents));
    list_changes = FeedOf(std::move(client));
    indexer_thread = std::thread([this] { indexer->Run(); });
  }
  if (Has("worker")) {
    worker_child = std::make_unique<WorkerChild>(
        options, documents != nullptr ? local_address : options.documents, system_secret);
  }
  return absl::OkStatus();
}

// One thread that keeps things right: starts the worker again when it ended (and being a long-lived
// thread it may be its parent), takes the process out of service when a store has failed, and
// sweeps what was left behind.
void Process::Impl::StartMonitor() {
  metrics.AddGauge("foia_writable", "1 while every store takes writes",
                   [this] { return admin->Writable() ? 1.0 : 0.0; });
  if (document_store != nullptr) {
    metrics.AddGauge("foia_pages_queued", "Pages that wait for a worker",
                     [this] { return static_cast<double>(document_store->tasks().queued()); });
  }
  if (indexer != nullptr) {
    metrics.AddGauge("foia_index_lag", "Changes that are not in the index yet", [this] {
      return static_cast<double>(indexer->last_sequence() - indexer->applied_sequence());
    });
  }
  monitor = std::thread([this] {
    std::unique_lock lock(monitor_mutex);
    bool serving = true;
    if (worker_child != nullptr) worker_child->KeepRunning();
    for (int period = 1; !monitor_wake.wait_for(lock, kMonitorPeriod, [this] { return stopping; });
         ++period) {
      if (worker_child != nullptr) worker_child->KeepRunning();
      if (serving && !admin->Writable()) {
        serving = false;
        server->GetHealthCheckService()->SetServingStatus(false);
        Log(Severity::kError, "read_only",
            {{"remedy", "repair the disk of the data directory, then restart foiad"}});
      }
      if (documents != nullptr && period % kMonitorPeriodsPerSweep == 0) {
        const absl::Status swept = documents->SweepUploads();
        if (!swept.ok()) Log(Severity::kWarning, "sweep", {{"status", swept.ToString()}});
      }
    }
  });
}

void Process::Impl::Stop() {
  {
    std::lock_guard lock(monitor_mutex);
    if (std::exchange(stopping, true)) return;
  }
  monitor_wake.notify_all();
  if (server != nullptr) server->GetHealthCheckService()->SetServingStatus(false);
  if (worker != nullptr) worker->Stop();
  if (monitor.joinable()) monitor.join();
  metrics.Stop();  // its gauges read what goes now
  if (worker_child != nullptr) worker_child->Stop(kWorkerDrain);
  if (indexer != nullptr) indexer->Stop();
  if (document_store != nullptr) document_store->Stop();
  if (page_pool != nullptr) page_pool->Stop();
  if (renditions != nullptr) renditions->Stop();
  if (indexer_thread.joinable()) indexer_thread.join();
  if (server != nullptr) {
    server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoSeconds(kCallDrain));
    server->Wait();
  }
  // Handlers may still run on the pools: those go before what they use.
  server.reset();
  leaves.reset();
  callers.reset();
  waiters.reset();
  drawers.reset();
}

Process::Process(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Process::~Process() = default;

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const Options& options) {
  auto impl = std::make_unique<Impl>(options);
  FOIA_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<Process>(new Process(std::move(impl)));
}

const std::string& Process::address() const { return impl_->address; }

void Process::ReloadRules() {
  if (impl_->rules_admin == nullptr) return;
  access::v1::Principal system;
  system.set_system(true);
  const auto reloaded = impl_->rules_admin->ReloadRules(system, {});
  if (!reloaded.ok()) {
    Log(Severity::kError, "rules_refused", {{"status", reloaded.status().ToString()}});
  }
}

void Process::Stop() { impl_->Stop(); }

}  // namespace foia::foiad
