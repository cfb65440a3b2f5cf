// Private to this folder: what is used of QPDF. Nothing is of its JSON.hh, which clang 14 refuses
// as C++20 (a vector of an incomplete type is destroyed), so that only the class is named.
#ifndef FOIA_OCR_PDF_QPDF_H_
#define FOIA_OCR_PDF_QPDF_H_

#define JSON_HH
class JSON;

#include <qpdf/Buffer.hh>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFWriter.hh>

#endif  // FOIA_OCR_PDF_QPDF_H_
