#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/fields.h"
#include "cli/out_file.h"
#include "ocr/page/export.h"
#include "ocr/page/ocr_files.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using ocr::OcrFile;

bool WasRead(const OcrFile& file) {
  return file.state == documents::v1::PAGE_STATE_DONE &&
         std::all_of(file.pages.begin(), file.pages.end(), [](const auto& page) {
           return page.state() == documents::v1::PAGE_STATE_DONE ||
                  page.state() == documents::v1::PAGE_STATE_BLANK;
         });
}

std::string PageStateText(documents::v1::PageState state, const std::string& reason) {
  return absl::StrCat(EnumText(PageState_Name(state), "PAGE_STATE_"), reason.empty() ? "" : ": ",
                      Printable(reason));
}

struct Ocr {
  static constexpr char kAbout[] = "Reads files on this machine, without a server";
  static constexpr char kExamples[] =
      "foia ocr scan.pdf                         the text, to stdout\n"
      "foia ocr scan.pdf --json scan.json        words, boxes, redactions\n"
      "foia ocr *.pdf --text out/ --json out/    out/NAME.txt and out/NAME.json\n"
      "foia ocr scan.pdf --hocr scan.hocr --alto scan.xml\n"
      "foia ocr scan.tif --pdf found.pdf         its pages, with text that can be searched\n"
      "foia ocr scan.pdf --lang spa --jobs 1\n";
  std::vector<std::string> files;
  std::string json;
  std::string text;
  std::string hocr;
  std::string alto;
  std::string pdf;
  std::string languages = "eng+spa";
  std::string password_file;
  int jobs = 0;

  void Define(CLI::App& verb) {
    verb.add_option("FILE", files, "PDF files, images and ZIP archives")->required();
    verb.add_option("--json", json,
                    "File for JSON, '-' is stdout; a folder when it ends in '/' or there are "
                    "several FILEs, or members in an archive");
    verb.add_option("--text", text, "The same for plain text, a form feed between pages");
    verb.add_option("--hocr", hocr, "The same for hOCR");
    verb.add_option("--alto", alto, "The same for ALTO 4");
    verb.add_option("--pdf", pdf, "The same for a searchable PDF");
    verb.add_option("--jobs", jobs, "Pages read at the same time [one per core]")
        ->check(CLI::Range(1, 256));
    verb.add_option("--lang", languages, "Tesseract languages, joined by '+'")
        ->capture_default_str();
    verb.add_option("--password-file", password_file, "File whose first line opens the FILEs");
  }

  absl::Status Run(Session& session) const {
    // A file that is not there must not keep the others from being read.
    std::vector<std::string> readable;
    absl::Status first_failure;
    for (const std::string& file : files) {
      std::error_code error;
      if (!std::filesystem::is_directory(file, error) && std::ifstream(file).is_open()) {
        readable.push_back(file);
        continue;
      }
      const absl::Status failure =
          MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", file, "'"),
                    {{"file", file}});
      if (first_failure.ok()) first_failure = failure;
      if (files.size() > 1) session.out.Warn(RenderError(failure));
    }
    if (readable.empty()) return first_failure;
    FOIA_RETURN_IF_ERROR(CheckNames());

    ocr::OcrFilesOptions options;
    options.jobs = jobs;
    options.process.languages = languages;
    FOIA_ASSIGN_OR_RETURN(options.password, ReadPassword(password_file));
    Progress progress("reading pages", ProgressUnit::kPages, session.progress_mode(),
                      session.clock());
    FOIA_ASSIGN_OR_RETURN(const std::vector<OcrFile> results,
                          ocr::OcrFiles(readable, options, [&](const ocr::OcrProgress& at) {
                            progress.Set(at.pages_done, at.pages);
                          }));
    progress.Finish();

    bool all_read = first_failure.ok();
    const size_t missing = files.size() - readable.size();
    size_t unread = missing;
    const bool several = results.size() > 1;
    for (const OcrFile& file : results) {
      // Of an archive there is nothing to write but what its members are.
      if (!file.is_container || !file.pages.empty()) {
        FOIA_RETURN_IF_ERROR(Write(session, file, several));
      }
      if (!pdf.empty() && !file.pages.empty()) {
        if (absl::Status written = WritePdf(session, file, several, options); !written.ok()) {
          if (results.size() == 1) return written;
          session.out.Warn(RenderError(written));
          all_read = false;
        }
      }
      for (const auto& error : file.member_errors) {
        all_read = false;
        session.out.Warn(
            absl::StrCat("foia: '", Printable(file.path),
                         error.path().empty() ? "" : "/" + Printable(error.path()),
                         "' was not unpacked: ", PageStateText(error.state(), error.reason())));
      }
      if (WasRead(file)) continue;
      all_read = false;
      if (file.state != documents::v1::PAGE_STATE_DONE) {
        ++unread;
        session.out.Warn(absl::StrCat("foia: '", Printable(file.path), "' is ",
                                      PageStateText(file.state, file.state_reason)));
      }
      for (size_t i = 0; i < file.pages.size(); ++i) {
        const auto& page = file.pages[i];
        if (page.state() != documents::v1::PAGE_STATE_DONE &&
            page.state() != documents::v1::PAGE_STATE_BLANK) {
          session.out.Warn(absl::StrCat("foia: '", Printable(file.path), "' page ", i + 1, " is ",
                                        PageStateText(page.state(), page.state_reason())));
        }
      }
    }
    if (!all_read) session.exit_code = kExitPartlyFailed;
    if (unread == results.size() + missing) session.exit_code = kExitBadFile;
    return absl::OkStatus();
  }

  // Where a file's output goes: `out` itself, or OUT/NAME.extension; of a member of a container
  // OUT/CONTAINER/PATH.extension, where PATH is cleaned and keeps its own extension.
  static std::filesystem::path Target(const std::string& out, const OcrFile& file, bool several,
                                      const char* extension) {
    if (out == "-" || (!several && !absl::EndsWith(out, "/"))) return out;
    const std::filesystem::path folder(out);
    if (!file.is_member) {
      return folder / (std::filesystem::path(file.path).stem().string() + extension);
    }
    return folder / (file.member_path + extension);
  }

  bool to_stdout() const {
    return json.empty() && text.empty() && hocr.empty() && alto.empty() && pdf.empty();
  }

  absl::Status CheckNames() const {
    if (to_stdout()) return absl::OkStatus();
    std::set<std::string> stems;
    for (const std::string& file : files) {
      if (!stems.insert(std::filesystem::path(file).stem().string()).second) {
        return MakeError(Reason::REASON_INVALID_FIELD,
                         absl::StrCat("'", file,
                                      "' and another FILE would be written to the same "
                                      "name; read them one by one"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Write(const Session& session, const OcrFile& file, bool several) const {
    const std::string name = std::filesystem::path(file.path).filename().string();
    const bool json_to_stdout = to_stdout() && session.out.json;
    const bool text_to_stdout = to_stdout() && !session.out.json;
    if (!json.empty() || json_to_stdout) {
      FOIA_RETURN_IF_ERROR(Write(session, json_to_stdout ? "-" : json, file, several, ".json",
                                 ocr::PageRecordsToJson(name, file.sha256, file.pages)));
    }
    if (!text.empty() || text_to_stdout) {
      FOIA_RETURN_IF_ERROR(Write(session, text_to_stdout ? "-" : text, file, several, ".txt",
                                 ocr::PageRecordsToText(file.pages)));
    }
    if (!hocr.empty()) {
      FOIA_RETURN_IF_ERROR(
          Write(session, hocr, file, several, ".hocr", ocr::PageRecordsToHocr(name, file.pages)));
    }
    if (!alto.empty()) {
      FOIA_RETURN_IF_ERROR(Write(session, alto, file, several, ".xml",
                                 ocr::PageRecordsToAlto(name, file.sha256, file.pages)));
    }
    return absl::OkStatus();
  }

  absl::Status Write(const Session& session, const std::string& out, const OcrFile& file,
                     bool several, const char* extension, const std::string& bytes) const {
    OutFile target(session.out, Target(out, file, several, extension));
    FOIA_RETURN_IF_ERROR(target.Write(bytes));
    return target.Commit();
  }

  absl::Status WritePdf(const Session& session, const OcrFile& file, bool several,
                        const ocr::OcrFilesOptions& options) const {
    const std::filesystem::path place = Target(pdf, file, several, ".pdf");
    for (const std::string& original : files) {
      std::error_code error;
      if (std::filesystem::equivalent(place, original, error)) {
        return MakeError(
            Reason::REASON_INVALID_FIELD,
            absl::StrCat("--pdf would overwrite '", original, "'; name another place"));
      }
    }
    OutFile target(session.out, place);
    FOIA_RETURN_IF_ERROR(ocr::WriteSearchablePdf(
        file, options, [&](std::string_view piece) { return target.Write(piece); }));
    return target.Commit();
  }
};

}  // namespace

void AddOcrVerbs(App& app) { app.AddVerb<Ocr>(app.root(), "ocr"); }

}  // namespace foia::cli
