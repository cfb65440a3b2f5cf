#include "cli/sheet.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SheetTest, CsvAfterRfc4180AndNoFormulas) {
  EXPECT_EQ(CsvLine({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"x\"", "two\nlines"}),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n");
  EXPECT_EQ(CsvLine({"=1+1", "+1 of them", "-x", "@SUM(A1)", "\t=x", " =y", "\x1b[31mz"}),
            "'=1+1,'+1 of them,'-x,'@SUM(A1),'=x,' =y,[31mz\r\n");
  EXPECT_EQ(CsvLine({"=HYPERLINK(\"x\",\"y\")"}), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
  EXPECT_EQ(CsvLine({"-19", "3"}), "-19,3\r\n");
}

TEST(SheetTest, HtmlIsEscapedAndStandsAlone) {
  const std::string page =
      HtmlPage("Docket", {"owner <me>", ""},
               {{"A & B", {"DUE"}, {{"<script>alert(1)</script>"}, {"'\""}}}}, "not legal advice");
  EXPECT_THAT(page, HasSubstr("<p>owner &lt;me&gt;</p>"));
  EXPECT_THAT(page, HasSubstr("<h2>A &amp; B</h2>"));
  EXPECT_THAT(page, HasSubstr("<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>"));
  EXPECT_THAT(page, HasSubstr("<td>&#39;&quot;</td>"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<p></p>")));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, HasSubstr("@page"));
}

}  // namespace
}  // namespace foia::cli
