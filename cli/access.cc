#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "foia/access/v1/access_service.grpc.pb.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using access::v1::AccessService;

constexpr char kLabelHelp[] = "Id, the beginning of it, or the label's name";
constexpr char kPersonHelp[] = "Id, the beginning of it, the person's name, or me";

std::string RoleText(access::v1::Role role) { return EnumText(Role_Name(role), "ROLE_"); }

struct WhoAmI {
  static constexpr char kAbout[] = "Who you are to the server, and what you may see";
  static constexpr char kExamples[] = "foia access whoami\n";
  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(
        const access::v1::Principal principal,
        session.Call(&AccessService::Stub::GetPrincipal, access::v1::GetPrincipalRequest()));
    if (session.out.json) {
      session.out.PrintJson(principal);
      return absl::OkStatus();
    }
    session.out.Print(RenderFields({{"person", IdOf(principal.name())},
                                    {"name", principal.display_name()},
                                    {"operator", principal.operator_() ? "yes" : "no"}}));
    Table table({"LABEL", "ROLE"});
    for (const auto& [label, role] : principal.roles()) table.Add({IdOf(label), RoleText(role)});
    if (!table.empty()) session.out.Print(table);
    return absl::OkStatus();
  }
};

struct CreatePerson {
  static constexpr char kAbout[] = "Adds a person";
  static constexpr char kExamples[] = "foia access person create 'Ana Ruiz'\n";
  access::v1::CreatePersonRequest request;
  bool is_operator = false;

  void Define(CLI::App& verb) {
    verb.add_option("NAME", *request.mutable_person()->mutable_display_name(), "For display")
        ->required();
    verb.add_flag("--operator", is_operator, "May run the installation");
  }
  absl::Status Run(Session& session) {
    request.mutable_person()->set_operator_(is_operator);
    FOIA_ASSIGN_OR_RETURN(const access::v1::Person person,
                          session.Call(&AccessService::Stub::CreatePerson, request));
    if (session.out.json) {
      session.out.PrintJson(person);
    } else {
      session.out.Print(
          RenderFields({{"person", IdOf(person.name())}, {"name", person.display_name()}}));
    }
    return absl::OkStatus();
  }
};

struct ListPeople {
  static constexpr char kAbout[] = "Everybody known";
  static constexpr char kExamples[] = "foia access person list\n";
  static constexpr bool kPaged = true;
  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(
        const access::v1::ListPeopleResponse list,
        session.List(&AccessService::Stub::ListPeople, access::v1::ListPeopleRequest()));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({"PERSON", {"NAME", Keep::kText}, "OPERATOR", "CREATED"});
    for (const access::v1::Person& person : list.people()) {
      table.Add({IdOf(person.name()), person.display_name(), person.operator_() ? "yes" : "",
                 TimeText(person.create_time())});
    }
    session.out.Print(table);
    return absl::OkStatus();
  }
};

// A new file that only its owner may read.
absl::Status WriteSecret(const std::string& file, const std::string& secret) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string line = secret + "\n";
  const bool written =
      fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int error = errno;
  if (fd >= 0) close(fd);
  if (written) return absl::OkStatus();
  return MakeError(Reason::REASON_UNREADABLE_FILE,
                   absl::StrCat("cannot write '", file, "': ", std::strerror(error)),
                   {{"file", file}});
}

struct CreateToken {
  static constexpr char kAbout[] = "Makes a token for a person; its secret is shown this once";
  static constexpr char kExamples[] =
      "foia access token create p01jd3v8 --note laptop --out ana.token\n";
  access::v1::CreateTokenRequest request;
  std::string out_file;

  void Define(CLI::App& verb) {
    verb.add_option("PERSON", *request.mutable_parent(), kPersonHelp)->required();
    verb.add_option("--note", *request.mutable_token()->mutable_note(), "What it is for");
    verb.add_option("--out", out_file, "Write the secret into this new file instead");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(access::v1::CreateTokenResponse made,
                          session.Call(&AccessService::Stub::CreateToken, request));
    if (!out_file.empty()) {
      FOIA_RETURN_IF_ERROR(WriteSecret(out_file, made.secret()));
      made.clear_secret();
    }
    if (session.out.json) {
      session.out.PrintJson(made);
      return absl::OkStatus();
    }
    session.out.Print(RenderFields({{"token", made.token().name()}, {"secret", made.secret()}}));
    return absl::OkStatus();
  }
};

struct RevokeToken {
  static constexpr char kAbout[] = "Revokes a token, at once";
  static constexpr char kExamples[] = "foia access token revoke t01jd3v9\n";
  access::v1::RevokeTokenRequest request;

  void Define(CLI::App& verb) {
    verb.add_option("TOKEN", *request.mutable_name(),
                    "Id, the beginning of it, or people/.../tokens/...")
        ->required();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const access::v1::Token token,
                          session.Call(&AccessService::Stub::RevokeToken, request));
    if (session.out.json) {
      session.out.PrintJson(token);
    } else {
      session.out.Print(
          RenderFields({{"token", token.name()}, {"revoked", TimeText(token.revoke_time())}}));
    }
    return absl::OkStatus();
  }
};

struct CreateLabel {
  static constexpr char kAbout[] =
      "Makes a label: records under it are seen by those with a role on it";
  static constexpr char kExamples[] = "foia access label create 'Citizen academy campaign'\n";
  access::v1::CreateLabelRequest request;

  void Define(CLI::App& verb) {
    access::v1::Label& label = *request.mutable_label();
    verb.add_option("NAME", *label.mutable_display_name(), "For display")->required();
    verb.add_option("--organisation", *label.mutable_organisation(), "Who owns the records");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const access::v1::Label label,
                          session.Call(&AccessService::Stub::CreateLabel, request));
    if (session.out.json) {
      session.out.PrintJson(label);
    } else {
      session.out.Print(
          RenderFields({{"label", IdOf(label.name())}, {"name", label.display_name()}}));
    }
    return absl::OkStatus();
  }
};

struct ListLabels {
  static constexpr char kAbout[] = "The labels on which you have a role";
  static constexpr char kExamples[] = "foia access label list\n";
  static constexpr bool kPaged = true;
  void Define(CLI::App&) {}
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(
        const access::v1::ListLabelsResponse list,
        session.List(&AccessService::Stub::ListLabels, access::v1::ListLabelsRequest()));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({"LABEL", {"NAME", Keep::kText}, {"ORGANISATION", Keep::kText}, "CREATED"});
    for (const access::v1::Label& label : list.labels()) {
      table.Add({IdOf(label.name()), label.display_name(), label.organisation(),
                 TimeText(label.create_time())});
    }
    session.out.Print(table);
    return absl::OkStatus();
  }
};

struct SetGrant {
  static constexpr char kAbout[] = "Gives a person a role on a label, or changes it";
  static constexpr char kExamples[] = "foia access grant set l01jd3v8 p01jd3v9 editor\n";
  std::string label;
  std::string person;
  std::string role;

  void Define(CLI::App& verb) {
    verb.add_option("LABEL", label, kLabelHelp)->required();
    verb.add_option("PERSON", person, kPersonHelp)->required();
    verb.add_option("ROLE", role, "viewer, editor or owner")
        ->required()
        ->check(CLI::IsMember({"viewer", "editor", "owner"}));
  }
  absl::Status Run(Session& session) const {
    access::v1::SetGrantRequest request;
    access::v1::Role parsed = access::v1::ROLE_UNSPECIFIED;
    Role_Parse("ROLE_" + absl::AsciiStrToUpper(role), &parsed);
    request.set_parent(label);
    request.mutable_grant()->set_person(person);
    request.mutable_grant()->set_role(parsed);
    FOIA_ASSIGN_OR_RETURN(const access::v1::Grant grant,
                          session.Call(&AccessService::Stub::SetGrant, request));
    if (session.out.json) {
      session.out.PrintJson(grant);
    } else {
      session.out.Print(RenderFields({{"grant", grant.name()}, {"role", RoleText(grant.role())}}));
    }
    return absl::OkStatus();
  }
};

struct DeleteGrant {
  static constexpr char kAbout[] = "Takes a person's role on a label away, at once";
  static constexpr char kExamples[] = "foia access grant delete l01jd3v8 p01jd3v9\n";
  std::string label;
  std::string person;

  void Define(CLI::App& verb) {
    verb.add_option("LABEL", label, kLabelHelp)->required();
    verb.add_option("PERSON", person, kPersonHelp)->required();
  }
  absl::Status Run(Session& session) const {
    access::v1::DeleteGrantRequest request;
    request.set_name(absl::StrCat(label, "/grants/", IdOf(person)));
    FOIA_RETURN_IF_ERROR(session.Call(&AccessService::Stub::DeleteGrant, request).status());
    session.out.Say("deleted " + request.name());
    return absl::OkStatus();
  }
};

struct Audit {
  static constexpr char kAbout[] = "Who asked for what, newest first";
  static constexpr char kExamples[] = "foia access audit --limit 20\n";
  static constexpr bool kPaged = true;
  int limit = 100;

  void Define(CLI::App& verb) {
    verb.add_option("--limit", limit, "At most so many; 0: all")->capture_default_str();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const access::v1::ListAuditEntriesResponse list,
                          session.List(&AccessService::Stub::ListAuditEntries,
                                       access::v1::ListAuditEntriesRequest(), limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({">NO", "TIME", "WHO", "METHOD", "RESOURCE", "ALLOWED"});
    for (const access::v1::AuditEntry& entry : list.entries()) {
      table.Add({absl::StrCat(entry.sequence()), TimeText(entry.time()), IdOf(entry.principal()),
                 entry.method(), entry.resource(), entry.allowed() ? "yes" : "NO"});
    }
    session.out.Print(table);
    return absl::OkStatus();
  }
};

}  // namespace

void AddAccessVerbs(App& app) {
  CLI::App& access = app.AddNoun(app.root(), "access", "People, tokens, labels and grants");
  app.AddVerb<WhoAmI>(access, "whoami");
  CLI::App& person = app.AddNoun(access, "person", "People who may be given tokens and roles");
  app.AddVerb<CreatePerson>(person, "create");
  app.AddVerb<ListPeople>(person, "list");
  CLI::App& token = app.AddNoun(access, "token", "Secrets that stand for a person");
  app.AddVerb<CreateToken>(token, "create");
  app.AddVerb<RevokeToken>(token, "revoke");
  CLI::App& label = app.AddNoun(access, "label", "What records belong to");
  app.AddVerb<CreateLabel>(label, "create");
  app.AddVerb<ListLabels>(label, "list");
  CLI::App& grant = app.AddNoun(access, "grant", "Roles of people on labels");
  app.AddVerb<SetGrant>(grant, "set");
  app.AddVerb<DeleteGrant>(grant, "delete");
  app.AddVerb<Audit>(access, "audit");
}

}  // namespace foia::cli
