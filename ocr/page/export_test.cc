#include "ocr/page/export.h"

#include "gtest/gtest.h"
#include "ocr/pdf/geometry.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

pb::PageRecord Record() {
  pb::PageRecord page;
  page.set_state(pb::PAGE_STATE_DONE);
  page.set_width(792);
  page.set_height(612);
  page.mutable_transform()->mutable_crop_box()->set_x1(612);
  page.mutable_transform()->mutable_crop_box()->set_y1(792);
  page.mutable_transform()->set_rotate(90);
  page.mutable_transform()->set_user_unit(1);
  page.set_text("say \"ICE\"\t(b)(7)(E)\n");
  pb::Word* word = page.add_words();
  word->set_text("\"ICE\"");
  *word->mutable_box() = ToBox({10, 20, 110, 40});
  word->set_confidence(96);
  word->set_source(pb::WORD_SOURCE_OCR);
  pb::Redaction* redaction = page.add_redactions();
  *redaction->mutable_box() = ToBox({0, 0, 612, 10});
  redaction->set_kind(pb::REDACTION_KIND_SOLID);
  redaction->add_codes()->set_code("b7E");
  redaction->set_code_status(pb::CODE_STATUS_READ);
  redaction->set_confidence(0.93F);
  return page;
}

TEST(ExportTest, JsonHasTheFormThatScorersRead) {
  EXPECT_EQ(PageRecordsToJson("a.pdf", "00ff", {Record()}),
            "{\"file\": \"a.pdf\", \"sha256\": \"00ff\", \"pages\": [\n"
            "{\"page\": 1, \"width\": 792.00, \"height\": 612.00, \"rotation\": 90, "
            "\"state\": \"DONE\", \"text\": \"say \\\"ICE\\\"\\u0009(b)(7)(E)\\n\",\n"
            " \"words\": [\n"
            // Turned clockwise: the left edge of the stored page is the top of the display.
            "  {\"text\": \"\\\"ICE\\\"\", \"box\": [752.00, 10.00, 772.00, 110.00], "
            "\"confidence\": 96.00, \"source\": \"ocr\"}],\n"
            " \"redactions\": [\n"
            "  {\"box\": [782.00, 0.00, 792.00, 612.00], \"kind\": \"solid\", "
            "\"codes\": [\"b7E\"], \"code_status\": \"read\", \"failed\": false, "
            "\"recoverable_chars\": 0, \"confidence\": 0.93}]}]}\n");
}

TEST(ExportTest, TextHasFormFeedsBetweenPages) {
  EXPECT_EQ(PageRecordsToText({Record(), pb::PageRecord(), Record()}),
            "say \"ICE\"\t(b)(7)(E)\n\f\fsay \"ICE\"\t(b)(7)(E)\n");
  EXPECT_EQ(PageRecordsToText({}), "");
}

}  // namespace
}  // namespace foia::ocr
