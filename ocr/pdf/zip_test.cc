#include "ocr/pdf/zip.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/zip.h"

namespace foia::ocr {
namespace {

using ::foia::testing::MakeZip;
using ::foia::testing::ZipFile;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Names(const ZipArchive& archive) {
  std::vector<std::string> names;
  for (const ZipMember& member : archive.members()) names.emplace_back(member.name);
  return names;
}

ZipResult Read(const ZipArchive& archive, size_t index, std::string* bytes,
               const std::string& password = "") {
  bytes->clear();
  return archive.Read(archive.members().at(index), password, [bytes](std::string_view piece) {
    bytes->append(piece);
    return true;
  });
}

TEST(ZipTest, MembersKeepTheirOrderAndMayShareAName) {
  const std::string big(300'000, 'x');
  const std::string zip = MakeZip({{"b/two.txt", "first"},
                                   {"a.txt", "stored", false},
                                   {"folder/", ""},
                                   {"b/two.txt", "second"},
                                   {"caf\x82.txt", big},
                                   {"empty", ""}});
  const ZipArchive archive(zip);
  EXPECT_FALSE(archive.recovered());
  EXPECT_THAT(Names(archive),
              ElementsAre("b/two.txt", "a.txt", "folder/", "b/two.txt", "caf\x82.txt", "empty"));
  EXPECT_TRUE(IsFolder(archive.members()[2]));
  std::string bytes;
  for (const auto& [index, want] : std::vector<std::pair<size_t, std::string>>{
           {0, "first"}, {1, "stored"}, {3, "second"}, {4, big}, {5, ""}}) {
    EXPECT_EQ(Read(archive, index, &bytes), ZipResult::kOk) << index;
    EXPECT_EQ(bytes, want);
  }
}

TEST(ZipTest, WhatStandsBeforeOrBehindTheArchiveIsIgnored) {
  const std::string zip = "MZ a program" + MakeZip({{"a", "one"}, {"b", "two"}}) + "junk";
  const ZipArchive archive(zip);
  EXPECT_FALSE(archive.recovered());
  std::string bytes;
  EXPECT_EQ(Read(archive, 1, &bytes), ZipResult::kOk);
  EXPECT_EQ(bytes, "two");
}

TEST(ZipTest, ACutArchiveGivesWhatIsThere) {
  std::string random;
  for (uint32_t i = 0, x = 1; i < 5000; ++i) random += static_cast<char>((x = x * 69069 + 1) >> 24);
  const std::string zip = MakeZip({{"whole", "all of it"}, {"cut", random}});
  const ZipArchive archive(std::string_view(zip).substr(0, 3000));
  EXPECT_TRUE(archive.recovered());
  ASSERT_THAT(Names(archive), ElementsAre("whole", "cut"));
  std::string bytes;
  EXPECT_EQ(Read(archive, 0, &bytes), ZipResult::kOk);
  EXPECT_EQ(bytes, "all of it");
  EXPECT_EQ(Read(archive, 1, &bytes), ZipResult::kDamaged);
}

TEST(ZipTest, DamageAndUnknownMethodsAreNamed) {
  std::string zip = MakeZip({{"a", "text", true, 0, 1}});
  const ZipArchive sum(zip);
  std::string bytes;
  EXPECT_EQ(Read(sum, 0, &bytes), ZipResult::kDamaged);

  zip = MakeZip({{"a", "text"}});
  zip[zip.find("PK\1\2") + 10] = 9;  // the method in the directory: Deflate64
  const ZipArchive method(zip);
  EXPECT_EQ(Read(method, 0, &bytes), ZipResult::kUnsupported);

  zip = MakeZip({{"a", "text", false, 1 | 1 << 6}});  // strong encryption
  const ZipArchive strong(zip);
  EXPECT_EQ(Read(strong, 0, &bytes, "secret"), ZipResult::kUnsupported);

  zip = MakeZip({{"a", "text"}});
  zip[zip.find("PK\1\2") + 42] = 100;  // where its header is said to be
  const ZipArchive offset(zip);
  EXPECT_EQ(Read(offset, 0, &bytes), ZipResult::kDamaged);

  for (const char* text : {"", "PK", "PK\5\6", "PK\3\4"}) {
    const ZipArchive broken(text);
    EXPECT_THAT(broken.members(), IsEmpty()) << text;
  }
}

TEST(ZipTest, BothKindsOfEncryptionOpenWithThePassword) {
  for (const std::string& zip :
       {testing::PkwareEncryptedZip(), testing::Aes128Zip(), testing::Aes256Zip()}) {
    const ZipArchive archive(zip);
    ASSERT_THAT(archive.members(), SizeIs(1));
    EXPECT_TRUE(archive.members()[0].encrypted);
    std::string bytes;
    EXPECT_EQ(Read(archive, 0, &bytes), ZipResult::kPassword);
    EXPECT_EQ(Read(archive, 0, &bytes, "wrong"), ZipResult::kPassword);
    EXPECT_EQ(Read(archive, 0, &bytes, "secret"), ZipResult::kOk);
    EXPECT_EQ(bytes, testing::FoxText());
  }
}

TEST(ZipTest, ChangedBytesUnderAesAreFound) {
  std::string zip = testing::Aes256Zip();
  zip[zip.find("fox.txt") + 7 + 35 + 16 + 2 + 5] ^= 1;
  const ZipArchive archive(zip);
  std::string bytes;
  EXPECT_NE(Read(archive, 0, &bytes, "secret"), ZipResult::kOk);
}

TEST(ZipTest, TheReaderMayStop) {
  const std::string zip = MakeZip({{"bomb", std::string(10 << 20, '\0')}});
  const ZipArchive archive(zip);
  size_t came = 0;
  EXPECT_EQ(archive.Read(archive.members()[0], "",
                         [&](std::string_view piece) { return (came += piece.size()) < 100'000; }),
            ZipResult::kStopped);
  EXPECT_LT(came, size_t{200'000});
}

TEST(ZipTest, MembersBeyondTheLimitAreCounted) {
  std::vector<ZipFile> files(ZipArchive::kMaxMembers + 5, {"x", ""});
  const std::string zip = MakeZip(files);
  const ZipArchive archive(zip);
  EXPECT_THAT(archive.members(), SizeIs(ZipArchive::kMaxMembers));
  EXPECT_EQ(archive.unlisted(), 5U);
}

}  // namespace
}  // namespace foia::ocr
