// What a file is, by its bytes and never by its name.
#ifndef FOIA_OCR_PDF_MEDIA_TYPE_H_
#define FOIA_OCR_PDF_MEDIA_TYPE_H_

#include <string_view>

namespace foia::ocr {

// What is done with a file.
enum class FileUse {
  kPages,      // it has pages, which are read
  kContainer,  // it has members, which become files of their own
  kKept,       // neither
};

struct FileType {
  std::string_view media_type;  // empty when it is not known
  FileUse use = FileUse::kKept;
  std::string_view noun;  // "a Word document"; "a file of an unknown kind"
};

// Never fails. Looks at the beginning, at the names in a ZIP archive or an OLE file, and at the end
// for a PDF without a header.
FileType IdentifyFile(std::string_view bytes);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PDF_MEDIA_TYPE_H_
