// foia document export, foia document view.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/document.h"
#include "cli/fields.h"
#include "cli/out_file.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "ocr/page/export.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

using documents::v1::Document;
using documents::v1::DocumentService;
using documents::v1::PageRecord;

constexpr char kDocumentHelp[] = "Id, or the beginning of it";
constexpr char kPasswordHelp[] = "File whose first line is the document's password";
constexpr int64_t kChunk = 1 << 20;
// Drawing may wait for others'.
constexpr absl::Duration kDrawPatience = absl::Seconds(60);

struct ExportDocument {
  static constexpr char kAbout[] = "Text, JSON, hOCR, ALTO or a searchable PDF of a document";
  static constexpr char kExamples[] =
      "foia document export d01jd3v8                              its text, to stdout\n"
      "foia document export d01jd3v8 --format pdf --out found.pdf\n"
      "foia document export d01jd3v8 --format alto --out release.xml\n";
  std::string document;
  std::string format = "text";
  std::string out_file = "-";
  std::string password_file;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("--format", format, "text, json, hocr, alto or pdf")
        ->check(CLI::IsMember({"text", "json", "hocr", "alto", "pdf"}))
        ->capture_default_str();
    verb.add_option("--out", out_file, "Where to, '-' is stdout")->capture_default_str();
    verb.add_option("--password-file", password_file, kPasswordHelp);
  }

  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    if (found.page_count() == 0) {
      return MakeError(Reason::REASON_CANNOT_RENDER,
                       "the document has no pages, or none that are counted yet");
    }
    if (found.state() != documents::v1::DOCUMENT_STATE_DONE) {
      // What is missing is missing in the export, too.
      session.exit_code = kExitPartlyFailed;
      session.out.Warn("foia: not every page of the document was read");
    }
    OutFile file(session.out, out_file);
    FOIA_RETURN_IF_ERROR(format == "pdf" ? WritePdf(session, found, file)
                                         : WriteRecords(session, found, file));
    FOIA_RETURN_IF_ERROR(file.Commit());
    if (out_file != "-") session.out.Say(absl::StrCat("wrote ", Printable(out_file)));
    return absl::OkStatus();
  }

 private:
  absl::Status WriteRecords(Session& session, const Document& found, OutFile& file) const {
    std::vector<PageRecord> pages;
    Progress progress("reading", ProgressUnit::kPages, session.progress_mode(), session.clock());
    documents::v1::ListPagesRequest call;
    call.set_parent(found.name());
    call.set_view(documents::v1::PAGE_VIEW_FULL);
    do {
      FOIA_ASSIGN_OR_RETURN(documents::v1::ListPagesResponse list,
                            session.Call(&DocumentService::Stub::ListPages, call));
      for (documents::v1::Page& page : *list.mutable_pages()) {
        PageRecord record = std::move(*page.mutable_record());
        if (!page.has_record()) {
          record.set_state(page.state());
          record.set_state_reason(page.state_reason());
        }
        pages.push_back(std::move(record));
      }
      progress.Set(static_cast<int64_t>(pages.size()), found.page_count());
      call.set_page_token(list.next_page_token());
    } while (!call.page_token().empty());
    progress.Finish();
    if (format == "text") return file.Write(ocr::PageRecordsToText(pages));
    if (format == "json") {
      return file.Write(ocr::PageRecordsToJson(found.file_name(), found.sha256(), pages));
    }
    if (format == "hocr") return file.Write(ocr::PageRecordsToHocr(found.file_name(), pages));
    return file.Write(ocr::PageRecordsToAlto(found.file_name(), found.sha256(), pages));
  }

  absl::Status WritePdf(Session& session, const Document& found, OutFile& file) const {
    documents::v1::ExportDocumentRequest call;
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(*call.mutable_password(), ReadPassword(password_file));
    documents::v1::Export made;
    {
      Progress progress("writing", ProgressUnit::kPages, session.progress_mode(), session.clock());
      while (!made.done()) {
        FOIA_ASSIGN_OR_RETURN(
            made, session.Call(&DocumentService::Stub::ExportDocument, call, kDrawPatience));
        progress.Set(made.pages_done(), made.page_count());
      }
    }
    Progress progress("downloading", ProgressUnit::kBytes, session.progress_mode(),
                      session.clock());
    Sha256Stream hash;
    documents::v1::ReadExportRequest read;
    read.set_name(made.name());
    read.set_length(kChunk);
    while (read.offset() < made.size_bytes()) {
      FOIA_ASSIGN_OR_RETURN(const documents::v1::ReadExportResponse chunk,
                            session.Call(&DocumentService::Stub::ReadExport, read));
      if (chunk.data().empty()) break;
      hash.Update(chunk.data());
      FOIA_RETURN_IF_ERROR(file.Write(chunk.data()));
      read.set_offset(read.offset() + static_cast<int64_t>(chunk.data().size()));
      progress.Set(read.offset(), made.size_bytes());
    }
    if (HexEncode(hash.Digest()) == made.sha256()) return absl::OkStatus();
    return MakeError(Reason::REASON_HASH_MISMATCH, "the export was damaged on the way");
  }
};

struct ViewPage {
  static constexpr char kAbout[] = "A page as a picture (WebP), as it is displayed";
  static constexpr char kExamples[] =
      "foia document view d01jd3v8 2 --out page2.webp\n"
      "foia document view d01jd3v8 2 --out large.webp --dpi 200\n";
  std::string document;
  int number = 0;
  int dpi = 110;
  std::string out_file;
  std::string password_file;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("PAGE", number, "From 1")->required();
    verb.add_option("--out", out_file, "Where to, '-' is stdout")->required();
    verb.add_option("--dpi", dpi, "36 to 300")->capture_default_str();
    verb.add_option("--password-file", password_file, kPasswordHelp);
  }

  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    documents::v1::RenderPageRequest call;
    call.set_name(absl::StrCat(found.name(), "/pages/", number));
    call.set_dpi(dpi);
    FOIA_ASSIGN_OR_RETURN(*call.mutable_password(), ReadPassword(password_file));
    FOIA_ASSIGN_OR_RETURN(const documents::v1::RenderPageResponse picture,
                          session.Call(&DocumentService::Stub::RenderPage, call, kDrawPatience));
    OutFile file(session.out, out_file);
    FOIA_RETURN_IF_ERROR(file.Write(picture.webp()));
    return file.Commit();
  }
};

}  // namespace

void AddDocumentFileVerbs(App& app, CLI::App& noun) {
  app.AddVerb<ExportDocument>(noun, "export");
  app.AddVerb<ViewPage>(noun, "view");
}

}  // namespace foia::cli
