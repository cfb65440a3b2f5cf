# cmake -DOUTPUT=x.cc -DFUNCTION=EmbeddedRules -DFILES="a.textproto;b.textproto" -P embed.cmake:
# writes the files into a C++ source as raw strings, behind foia::tracker::FUNCTION(). A string
# literal may have 64 KiB at most.
set(source "#include <map>\n#include <string>\n\nnamespace foia::tracker {\n\n")
set(type "std::map<std::string, std::string>")
string(APPEND source "const ${type}& ${FUNCTION}();\n\nconst ${type}& ${FUNCTION}() {\n")
string(APPEND source "  static const auto& files = *new ${type}{\n")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(SIZE "${file}" size)
  if(size GREATER 65000)
    message(FATAL_ERROR "${file}: ${size} bytes are too many for a string literal; split it")
  endif()
  file(READ "${file}" text)
  string(APPEND source "      {\"${name}\", R\"file(${text})file\"},\n")
endforeach()
string(APPEND source "  };\n  return files;\n}\n\n}  // namespace foia::tracker\n")
file(WRITE "${OUTPUT}" "${source}")
