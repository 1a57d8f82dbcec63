// A GCC plugin used only while headers are precompiled: `#pragma runyard instantiate` instantiates at once what
// GCC would instantiate at the end of the translation unit.
//
// A precompiled header ends before that point, so every program that includes it would do the work again, used or
// not: 0.6 s of the 0.8 s that a C++20 program with <bits/stdc++.h> takes. The standard leaves the moment open
// (the end of the translation unit is only one more point of instantiation), all templates here come from the
// library with arguments from the library, and unused results are dropped, so programs come out the same
// (make-pch.sh compares the assembly).
#include <gcc-plugin.h>
// The order matters: GCC's own headers do not include what they need.
#include <tree.h>
#include <cp/cp-tree.h>
#include <c-family/c-pragma.h>

int plugin_is_GPL_compatible;

namespace {

/// Uses the virtual functions of the template classes whose tables GCC would emit at the end: so they are
/// instantiated (std::format's formatters are reached only this way).
void use_virtual_functions(tree type) {
  if (!CLASSTYPE_TEMPLATE_INSTANTIATION(type)) return;
  for (tree entry = BINFO_VIRTUALS(TYPE_BINFO(type)); entry; entry = TREE_CHAIN(entry)) {
    tree function = BV_FN(entry);
    if (!DECL_PURE_VIRTUAL_P(function)) mark_used(function);
  }
}

void instantiate(cpp_reader*) {
  // Without it, GCC 14 leaves linkage half decided and stops with an internal error in a program that needs
  // a virtual table from the header.
  at_eof = 1;
  unsigned done = 0;
  do {
    instantiate_pending_templates(0);
    for (; done < vec_safe_length(keyed_classes); ++done) use_virtual_functions((*keyed_classes)[done]);
    instantiate_pending_templates(0);
  } while (done < vec_safe_length(keyed_classes));
  at_eof = 0;
}

void register_pragma(void*, void*) { c_register_pragma("runyard", "instantiate", instantiate); }

}  // namespace

int plugin_init(plugin_name_args* plugin, plugin_gcc_version*) {
  register_callback(plugin->base_name, PLUGIN_PRAGMAS, register_pragma, nullptr);
  return 0;
}
