# cmake -DOUTPUT=x.cc -DFILES="a.textproto;b.textproto" -P embed.cmake: writes the files into a C++
# source as raw strings. A string literal may have 64 KiB at most; rules files stay far below.
set(source "#include \"services/tracker/rules/rule_book.h\"\n\nnamespace foia::tracker {\n\n")
string(APPEND source "const RuleBook::Files& EmbeddedRules() {\n  static const RuleBook::Files& files = *new RuleBook::Files{\n")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  string(APPEND source "      {\"${name}\", R\"rules(${text})rules\"},\n")
endforeach()
string(APPEND source "  };\n  return files;\n}\n\n}  // namespace foia::tracker\n")
file(WRITE "${OUTPUT}" "${source}")
