// foia-page: reads single pages of untrusted files, in a process that can do nothing else. Started
// by PageProcess; not a program for people.
//   descriptor 3: socket with PageJob frames in, PageReply frames out; the first one says that the
//   program is ready, or why it never will be.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "foia/documents/v1/page_job.pb.h"
#include "ocr/page/confine.h"
#include "ocr/page/frame.h"
#include "ocr/page/outputs.h"
#include "ocr/page/pipeline.h"
#include "ocr/page/unpack.h"
#include "services/base/error.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr int kSocket = 3;
// A job that burns more than this is stuck; the parent's clock is stricter.
constexpr int kCpuSeconds = 150;

// The file of the current jobs, mapped.
class OpenFile {
 public:
  OpenFile() = default;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { Close(); }

  void Open(int fd, const std::string& password) {
    Close();
    // Not fstat, which glibc makes of a call that opens paths, too.
    const off_t size = lseek(fd, 0, SEEK_END);
    if (size > 0) {
      void* at = mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_PRIVATE, fd, 0);
      if (at == MAP_FAILED) {
        opened_ = Document::Opened();
        opened_.reason = "the file cannot be mapped into memory";
        return;
      }
      bytes_ = {static_cast<const char*>(at), static_cast<size_t>(size)};
    }
    opened_ = Document::Open(bytes_, password);
  }

  const Document::Opened& opened() const { return opened_; }
  std::string_view bytes() const { return bytes_; }

 private:
  void Close() {
    opened_ = Document::Opened();
    if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
    bytes_ = {};
  }

  std::string_view bytes_;
  Document::Opened opened_;
};

pb::PageReply Answer(const pb::PageJob& job, const Document::Opened& opened,
                     Recognizer& recognizer) {
  pb::PageReply reply;
  if (job.has_probe()) {
    *reply.mutable_probe() = ProbeFile(opened);
    return reply;
  }
  if (job.has_draw()) {
    *reply.mutable_picture() = DrawPage(opened, job.draw().page(), job.draw().dpi());
    return reply;
  }
  if (opened.document == nullptr) {
    pb::PageRecord* page = reply.mutable_page();
    page->set_format(1);
    page->set_state(opened.is_archive ? pb::PAGE_STATE_FAILED : opened.state);
    page->set_state_reason(opened.is_archive ? "an archive has no pages" : opened.reason);
    return reply;
  }
  PageOptions options;
  options.cheap = job.read_page().cheap();
  options.soft_limit_ms = job.soft_limit_ms();
  options.seal_key = job.seal_key();
  *reply.mutable_page() = ReadPage(*opened.document, job.read_page().page(), recognizer, options);
  return reply;
}

// The records follow the job, chunks go before the answer.
pb::Chunk WritePdf(const pb::PageJob& job, const OpenFile& file) {
  return SendSearchablePdf(
      file.opened(), file.bytes(), job.password(), job.write_pdf().pages(),
      []() -> absl::StatusOr<pb::PageRecord> {
        pb::PageRecord record;
        const absl::Status got = ReceiveFrame(kSocket, absl::InfiniteDuration(), &record);
        if (!got.ok()) return got;
        return record;
      },
      [](const pb::Chunk& chunk) {
        pb::PageReply reply;
        *reply.mutable_chunk() = chunk;
        return SendFrame(kSocket, reply);
      });
}

int Serve(Recognizer& recognizer) {
  OpenFile file;
  while (true) {
    pb::PageJob job;
    int fd = -1;
    if (!ReceiveFrame(kSocket, absl::InfiniteDuration(), &job, &fd).ok()) return 0;
    LimitCpu(kCpuSeconds);
    if (!job.same_file()) file.Open(fd, job.password());
    if (fd >= 0) close(fd);
    pb::PageReply reply;
    if (job.has_unpack()) {
      *reply.mutable_probe() =
          Unpack(file.bytes(), file.opened(), job.password(), [](const pb::MemberChunk& chunk) {
            pb::PageReply part;
            *part.mutable_member() = chunk;
            return SendFrame(kSocket, part).ok();
          });
    } else if (job.has_write_pdf()) {
      *reply.mutable_chunk() = WritePdf(job, file);
    } else {
      reply = Answer(job, file.opened(), recognizer);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    reply.set_peak_rss_kib(usage.ru_maxrss);
    if (!SendFrame(kSocket, reply).ok()) return 0;
  }
}

int Main(int argc, char** argv) {
  std::string languages = "eng";
  bool own_spaces = false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--languages") {
      languages = argv[i + 1];
    } else if (name == "--namespaces") {
      own_spaces = std::string_view(argv[i + 1]) == "own";
    }
  }
  struct stat info {};
  if (fstat(kSocket, &info) != 0 || !S_ISSOCK(info.st_mode)) {
    std::fputs("foia-page is started by foia and foiad; it reads jobs from descriptor 3\n", stderr);
    return 2;
  }
  absl::StatusOr<std::unique_ptr<Recognizer>> recognizer = Recognizer::Create(languages);
  pb::PageReply ready;
  if (!recognizer.ok()) {
    const ErrorMetadata metadata = MetadataOf(recognizer.status());
    const auto missing = metadata.find("languages");
    ready.set_missing_language(missing == metadata.end() ? "?" : missing->second);
    if (const auto installed = metadata.find("installed"); installed != metadata.end()) {
      for (const auto language : absl::StrSplit(installed->second, '+')) {
        ready.add_installed_languages(std::string(language));
      }
    }
    SendFrame(kSocket, ready).IgnoreError();
    return 3;
  }
  std::vector<std::string> missing;
  if (!own_spaces) missing.emplace_back("namespaces");
  if (!LeaveFiles()) missing.emplace_back("files");
  if (!GiveUpRights()) return kExitNotConfined;
  if (!CloseSystemCalls()) missing.emplace_back("system calls");
  ready.set_isolation(absl::StrJoin(missing, ", "));
  return SendFrame(kSocket, ready).ok() ? Serve(**recognizer) : 0;
}

}  // namespace
}  // namespace foia::ocr

int main(int argc, char** argv) {
  try {
    return foia::ocr::Main(argc, argv);
  } catch (const std::bad_alloc&) {
    return foia::ocr::kExitOutOfMemory;
  } catch (const std::exception&) {
    // A defect of a library: the parent names the page and starts anew.
    return 1;
  }
}
