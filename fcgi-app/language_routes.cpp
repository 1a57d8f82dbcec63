#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

void write_texts(json::Writer& writer, std::string_view name,
                 const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const auto& text : texts) writer.string(text);
  writer.end_array();
}

void write_limits(json::Writer& writer, std::string_view name, const Limits& limits) {
  writer.key(name).begin_object();
  for (const auto& field : kLimitFields) writer.member(field.name, limits.*field.member);
  writer.end_object();
}

/// Known to have its image, that is: not merely "no worker was seen yet".
bool is_available(const FleetView& view, const Language& language) {
  return view.images_known && view.can_run(language);
}

void write_versions(json::Writer& writer, const std::vector<const Language*>& versions,
                    const FleetView& view) {
  writer.key("versions").begin_array();
  for (const auto* version : versions) {
    writer.begin_object().member("version", version->version);
    writer.member("default", version->is_default);
    writer.member("available", is_available(view, *version)).end_object();
  }
  writer.end_array();
}

/// A language as its default version has it, and which others there are.
void write_language(json::Writer& writer, const ApiContext& context, const FleetView& view,
                    const Language& language) {
  writer.begin_object().member("id", language.id).member("name", language.name);
  write_texts(writer, "aliases", language.aliases);
  writer.member("version", language.version);
  write_versions(writer, context.catalog.versions(language.id), view);
  writer.member("file_name", language.source);
  writer.key("compile");
  if (language.compile) {
    writer.begin_object();
    write_texts(writer, "command", language.compile->argv);
    write_texts(writer, "allowed_args", language.compile->allowed_args);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.key("run").begin_object();
  write_texts(writer, "command", language.run_argv);
  writer.end_object();
  writer.key("limits").begin_object();
  write_limits(writer, "default", language.default_limits);
  write_limits(writer, "maximum", language.maximum_limits);
  writer.end_object();
  writer.member("sample", language.sample).member("available", is_available(view, language));
  writer.end_object();
}

Response read_all(const ApiContext& context, const Request& request) {
  if (auto refused = refuse_query(request)) return std::move(*refused);
  const auto view = context.fleet.view();
  json::Writer writer;
  writer.begin_object().key("languages").begin_array();
  for (const auto& language : context.catalog.all())
    write_language(writer, context, *view, language);
  writer.end_array().end_object();
  return json_response(200, writer.text());
}

Response read_language(const ApiContext& context, const Request& request) {
  const auto* language = context.catalog.find(request.params.at(0));
  if (!language) {
    const auto nearest = context.catalog.nearest(request.params.at(0));
    return problem_response(
        404, "there is no such language" +
                 (nearest.empty() ? std::string() : "; near are " + name_list(nearest)));
  }
  if (auto refused = refuse_query(request)) return std::move(*refused);
  json::Writer writer;
  // An alias may name a version; what is shown is the language.
  write_language(writer, context, *context.fleet.view(), *context.catalog.find(language->id));
  return json_response(200, writer.text());
}

}  // namespace

void add_language_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/api/v1/languages",
             [context](const Request& request) { return read_all(context, request); });
  router.add("GET", "/api/v1/languages/{id}",
             [context](const Request& request) { return read_language(context, request); });
}

}  // namespace runyard
