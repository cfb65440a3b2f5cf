#include "ocr/redaction/codes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace foia::ocr {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

struct Row {
  std::string text;
  std::vector<std::string> codes;
};

std::vector<std::string> Codes(const ParsedCodes& parsed) {
  std::vector<std::string> out;
  for (const ParsedCode& code : parsed.codes) out.push_back(code.code);
  return out;
}

TEST(ParseCodesTest, Zone) {
  const Row rows[] = {
      // As printed.
      {"(b)(6)", {"b6"}},
      {"(b)(6), (b)(7)(C)", {"b6", "b7C"}},
      {"(b)(6); (b)(7)(C)", {"b6", "b7C"}},
      {"(b) (6)\n(b) (7) (C)\n(b) (7) (E)", {"b6", "b7C", "b7E"}},
      {"(b)(6)(b)(7)(C)", {"b6", "b7C"}},
      {"(b)(1)(A)", {"b1A"}},
      {"(b)(1)", {"b1"}},
      {"(b)(3), (b)(5)", {"b3", "b5"}},
      {"b6", {"b6"}},
      {"b6\nb7C\nb7D", {"b6", "b7C", "b7D"}},
      {"b7E-1, 2, 3, 6", {"b7E-1", "b7E-2", "b7E-3", "b7E-6"}},
      {"(b)(7)(E)-1, 2", {"b7E-1", "b7E-2"}},
      {"3.5(c)", {"3.5(c)"}},
      {"3.3(h)(2)", {"3.3(h)(2)"}},
      {"1.4(c)", {"1.4(c)"}},
      {"(k)(2), (j)(2)", {"k2", "j2"}},
      {"(b)(6), (b)(6)", {"b6", "b6"}},
      // The b misread.
      {"(6)(6)", {"b6"}},
      {"(b)(7)(A), (6)(7)(E)", {"b7A", "b7E"}},
      {"(b)(6), (7)(C)", {"b6", "b7C"}},
      {"9)(7)(E)", {"b7E"}},
      {"(lb)(6)", {"b6"}},
      {"(1b)(6)", {"b6"}},
      {"(lo)(6)", {"b6"}},
      {"(10)(6)", {"b6"}},
      {"(f0)(6)", {"b6"}},
      {"(Db)(6)", {"b6"}},
      {"(db)(6)", {"b6"}},
      {"(dD)(6)", {"b6"}},
      {"(D)(6)", {"b6"}},
      {"(0)(6)", {"b6"}},
      {"(O)(6)", {"b6"}},
      {"(Ob)(6)", {"b6"}},
      {"()(6)", {"b6"}},
      {"b)(6)", {"b6"}},
      {"[(b)(6)", {"b6"}},
      {"(h)(6)", {"b6"}},
      {"(B)(7)(E)", {"b7E"}},
      // Separators and edges.
      {"(b)(6). (b)(7)(C)", {"b6", "b7C"}},
      {"|(b)(6)|", {"b6"}},
      {"(b}(6)", {"b6"}},
      // The bracket pair collapsed into a letter.
      {"(bN7)(A)", {"b7A"}},
      {"(b7)(C)", {"b7C"}},
      {"(b)7V(E)", {"b7E"}},
      {"(bY7C)", {"b7C"}},
      {"(BY7C)", {"b7C"}},
      {"(BM7}E)", {"b7E"}},
      {"ibU7HC)", {"b7C"}},
      {"(bNB)", {"b6"}},
      {"(7KE)", {"b7E"}},
      {"(bys)", {"b5"}},
      {"(bX6)", {"b6"}},
      // Digits and letters.
      {"(b)(G)", {"b6"}},
      {"(b)(S)", {"b5"}},
      {"(b)(7)(c)", {"b7C"}},
      {"(b)(7)(8)", {"b7B"}},
      {"(b)(?)(C)", {"b7C"}},
      // FBI.
      {"bic", {"b7C"}},
      {"b?C", {"b7C"}},
      {"b7?C", {"b7C"}},
      {"b7Cc", {"b7C"}},
      {"bs", {"b5"}},
      {"b\u00e9", {"b6"}},
      {"b6\nb7Cc", {"b6", "b7C"}},
      {"BIA", {"b7A"}},
      {"(i)(2)", {"j2"}},
      {"()(2)", {"j2"}},
      {"(b)(2)", {"b2"}},
      {"(b)(6); (0)(7)(\u00a9)", {"b6", "b7C"}},
      {"(6)(2)", {"b2"}},
      // Nothing.
      {"", {}},
      {"WE", {}},
      {"WR", {}},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(Codes(ParseCodes(row.text, CodeContext::kZone)), ElementsAreArray(row.codes))
        << "'" << row.text << "'";
  }
}

TEST(ParseCodesTest, CutOffLabels) {
  const struct {
    std::string text;
    std::vector<std::string> codes;
  } rows[] = {{"(b)(6), (b)", {"b6"}}, {"(b)(7)", {"b7?"}}, {"(b)(6),(b)(", {"b6"}}};
  for (const auto& row : rows) {
    const ParsedCodes parsed = ParseCodes(row.text, CodeContext::kZone);
    EXPECT_TRUE(parsed.truncated) << row.text;
    EXPECT_THAT(Codes(parsed), ElementsAreArray(row.codes)) << row.text;
  }
  EXPECT_FALSE(ParseCodes("(b)(6)", CodeContext::kZone).truncated);
}

TEST(ParseCodesTest, CompleteMeansNothingElseWasRead) {
  EXPECT_TRUE(ParseCodes("(b)(6); (b)(7)(C)", CodeContext::kZone).complete);
  EXPECT_FALSE(ParseCodes("Harlow (b)(6)", CodeContext::kZone).complete);
  EXPECT_FALSE(ParseCodes("", CodeContext::kZone).complete);
}

TEST(ParseCodesTest, AsAgenciesWriteThem) {
  const Row rows[] = {
      {"(b)(6)", {"b6"}},
      {"(b) (6)", {"b6"}},
      {"(b) (7) (E)", {"b7E"}},
      {"b(6)", {"b6"}},
      {"b(7)(C)", {"b7C"}},
      {"(b)7(C)", {"b7C"}},
      {"(b7)(C)", {"b7C"}},
      {"[b6]", {"b6"}},
      {"[b](7)(C)", {"b7C"}},
      {"b6", {"b6"}},
      {"B6 B7C", {"b6", "b7C"}},
      {"b6b7C", {"b6", "b7C"}},
      {"(b)(6)(b)(7)(C)", {"b6", "b7C"}},
      {"(b)(6), (7)(C)", {"b6", "b7C"}},
      {"(b)(7)(C)/(E)", {"b7C", "b7E"}},
      {"(b)(7)(E)-2", {"b7E-2"}},
      {"k2, (j)(2)", {"k2", "j2"}},
      {"E.O. 13526 1.4(c)", {"1.4(c)"}},
      {"Ex. 6", {"b6"}},
      {"Ex. 6 PP", {"b6"}},
      {"Ex. 5 DP", {"b5"}},
      {"Ex. 4 CBI", {"b4"}},
      {"EX 6 & 7(C)", {"b6", "b7C"}},
      {"Ex. 7(A), (b)(5)", {"b7A", "b5"}},
      {"Exemption 5", {"b5"}},
      {"Exemption 7(C)", {"b7C"}},
      {"FOIA Exemptions 4, 6 and 7(E)", {"b4", "b6", "b7E"}},
      {"Exemption (b)(5)", {"b5"}},
      {"Personal Privacy / Ex. 6", {"b6"}},
      {"Deliberative Process / Ex. 5", {"b5"}},
      {"(b)(5) - Attorney Client Privilege", {"b5"}},
      {"5 U.S.C. \u00a7 552(b)(6)", {"b6"}},
      {"5 U.S.C. 552a (k)(2)", {"k2"}},
      // With the statute that (b)(3) refers to, or a statute alone.
      {"(b)(3):50 USC 3024(i)", {"b3"}},
      {"(b)(3)-50 USC 403", {"b3"}},
      {"(b)(3)\u201350 U.S.C. \u00a7 3024(i)(1)", {"b3"}},
      {"(b)(3) CIA Act", {"b3"}},
      {"(b)(3) - P.L. 86-36", {"b3"}},
      {"(b)(1), (b)(3): 10 USC 424; 50 USC 3024(i), (b)(6)", {"b1", "b3", "b6"}},
      {"(b)(3) Fed. R. Crim. P. 6(e)", {"b3"}},
      {"50 USC 3024(i)", {"b3"}},
  };
  for (const Row& row : rows) {
    for (const CodeContext context : {CodeContext::kZone, CodeContext::kText}) {
      const ParsedCodes parsed = ParseCodes(row.text, context);
      EXPECT_THAT(Codes(parsed), ElementsAreArray(row.codes)) << "'" << row.text << "'";
      EXPECT_TRUE(parsed.complete) << "'" << row.text << "'";
    }
  }
  EXPECT_EQ(ParseCodes("(b)(3):50 USC 3024(i)", CodeContext::kText).codes[0].statute,
            "50 USC 3024(i)");
}

TEST(ParseCodesTest, PiecesOfWordsAreNoCodes) {
  for (const std::string text : {"SECTION B. COMPLAINANT",
                                 "Offsets and other charges",
                                 "BOARD OFFICERS",
                                 "BUS 5",
                                 "OCT 5",
                                 "JOB 6",
                                 "Bus",
                                 "PART B6A",
                                 "by 5 PM",
                                 "Db5x",
                                 "Exhibit 6",
                                 "Ex. 64",
                                 "EXHIBITS 4 AND 6",
                                 "Vitamin AB6",
                                 "Rule",
                                 "Job 7 Crew",
                                 "1.5 hours",
                                 "NUMBER (6)",
                                 "DOB",
                                 "GUIDE TO FEES"}) {
    EXPECT_THAT(Codes(ParseCodes(text, CodeContext::kText)), IsEmpty()) << text;
    const ParsedCodes zone = ParseCodes(text, CodeContext::kZone);
    EXPECT_FALSE(zone.complete) << text;
    EXPECT_TRUE(zone.codes.empty() || zone.other_words == 0) << text;
  }
}

TEST(ParseCodesTest, WhatSaysThatSomethingIsWithheld) {
  for (const std::string text : {"NR", "Non-Responsive", "Not Responsive Record", "REDACTED",
                                 "withheld in full", "PII", "Personal Privacy", "Out of Scope"}) {
    EXPECT_TRUE(ParseCodes(text, CodeContext::kText).says_withheld) << text;
  }
  for (const std::string text : {"", "FOIA", "NORTH", "withheld (b)(6)", "under", "Privacy Act"}) {
    EXPECT_FALSE(ParseCodes(text, CodeContext::kText).says_withheld) << text;
  }
}

TEST(ParseCodesTest, WordsAmongCodes) {
  const ParsedCodes parsed =
      ParseCodes("withheld by Harlow under (b)(6) and [b](7)(C)", CodeContext::kText);
  EXPECT_THAT(Codes(parsed), ElementsAreArray({"b6", "b7C"}));
  EXPECT_FALSE(parsed.complete);
  EXPECT_EQ(parsed.other_words, 1);
  EXPECT_THAT(Codes(ParseCodes("(c)(6) (a)(6) (6)(6)", CodeContext::kText)), IsEmpty());
}

TEST(PrintedCodeTest, Forms) {
  const struct {
    std::string code, printed;
  } rows[] = {{"b6", "(b)(6)"}, {"b7E", "(b)(7)(E)"},     {"b1A", "(b)(1)(A)"}, {"b7?", "(b)(7)"},
              {"k2", "(k)(2)"}, {"b7E-2", "(b)(7)(E)-2"}, {"3.5(c)", "3.5(c)"}, {"", ""}};
  for (const auto& row : rows) EXPECT_EQ(PrintedCode(row.code), row.printed) << row.code;
}

}  // namespace
}  // namespace foia::ocr
