#include "fcgi-app/object_reader.hpp"

#include <algorithm>
#include <cmath>

namespace runyard {

void BodyErrors::add(std::string field, std::string message) {
  if (fields_.size() > kMaxReportedErrors) return;  // more are not shown
  fields_.push_back({std::move(field), std::move(message)});
}

void BodyErrors::add_nul(std::string field) {
  malformed_ = true;
  add(std::move(field), "must not hold a NUL (\\u0000)");
}

void BodyErrors::add_unavailable(std::string field, std::string message) {
  fields_.push_back({std::move(field), std::move(message), true});
}

ObjectReader::ObjectReader(const json::Value& value, std::string path, BodyErrors& errors)
    : object_(value.object()), path_(std::move(path)), errors_(errors) {
  if (object_) return;
  auto name = path_.empty() ? std::string("body") : path_.substr(0, path_.size() - 1);
  errors_.add(std::move(name), "must be an object");
}

const json::Value* ObjectReader::member(std::string_view name) {
  known_.push_back(name);
  if (!object_) return nullptr;
  const auto found = std::find_if(object_->begin(), object_->end(),
                                  [&](const auto& member) { return member.first == name; });
  return found == object_->end() ? nullptr : &found->second;
}

void ObjectReader::wrong(std::string_view name, std::string message) {
  errors_.add(path(name), std::move(message));
}

bool check_text(const json::Value& value, const std::string& field, const TextRule& rule,
                BodyErrors& errors) {
  const auto* text = value.string();
  if (!text) {
    errors.add(field, "must be a text");
  } else if (!rule.nul_allowed && text->find('\0') != std::string::npos) {
    errors.add_nul(field);
  } else if (text->size() > rule.max_bytes) {
    errors.add(field, "is " + std::to_string(text->size()) + " bytes long; at most " +
                          std::to_string(rule.max_bytes) + " are allowed");
  } else if (!rule.empty_allowed && text->empty()) {
    errors.add(field, "must not be empty");
  } else {
    return true;
  }
  return false;
}

const std::string* ObjectReader::text(std::string_view name, const TextRule& rule) {
  const auto* value = member(name);
  return value && check_text(*value, path(name), rule, errors_) ? value->string() : nullptr;
}

const std::string* ObjectReader::required_text(std::string_view name, const TextRule& rule) {
  const auto* found = text(name, rule);
  if (!found && object_ && !member(name)) wrong(name, "is required");
  return found;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  if (const auto* truth = value->boolean()) return *truth;
  wrong(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, std::int64_t minimum,
                                                  std::int64_t maximum) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  const auto* number = value->integer();
  if (number && *number >= minimum && *number <= maximum) return *number;
  wrong(name,
        "must be an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum));
  return std::nullopt;
}

std::optional<double> ObjectReader::number(std::string_view name, bool above_zero, double maximum) {
  const auto* value = member(name);
  if (!value) return std::nullopt;
  const double number = value->number_or(std::nan(""));
  if (number <= maximum && (above_zero ? number > 0 : number >= 0)) return number;
  const std::string start =
      above_zero ? "must be a number above 0 and at most " : "must be a number from 0 to ";
  wrong(name, start + std::to_string(static_cast<std::int64_t>(maximum)));
  return std::nullopt;
}

const json::Array* ObjectReader::array(std::string_view name, std::size_t max_items) {
  const auto* value = member(name);
  if (!value) return nullptr;
  const auto* items = value->array();
  if (!items)
    wrong(name, "must be an array");
  else if (items->size() > max_items)
    wrong(name, "holds " + std::to_string(items->size()) + " elements; at most " +
                    std::to_string(max_items) + " are allowed");
  else
    return items;
  return nullptr;
}

std::vector<std::string> ObjectReader::texts(std::string_view name, std::size_t max_items,
                                             std::size_t max_total) {
  std::vector<std::string> found;
  const auto* items = array(name, max_items);
  if (!items) return found;
  found.reserve(items->size());
  std::size_t total = 0;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto field = path(name) + "[" + std::to_string(i) + "]";
    if (!check_text((*items)[i], field, TextRule{max_total}, errors_)) continue;
    found.push_back(*(*items)[i].string());
    total += found.back().size();
  }
  if (total > max_total)
    wrong(name, "is " + std::to_string(total) + " bytes long in all; at most " +
                    std::to_string(max_total) + " are allowed");
  return found;
}

const std::string* ObjectReader::choice(std::string_view name,
                                        const std::vector<std::string>& choices) {
  const auto* value = member(name);
  if (!value) return nullptr;
  const auto* text = value->string();
  if (text && std::find(choices.begin(), choices.end(), *text) != choices.end()) return text;
  wrong(name, "must be one of " + name_list(choices));
  return nullptr;
}

void ObjectReader::refuse_unknown() {
  if (!object_) return;
  for (const auto& [name, value] : *object_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      errors_.add(path_ + (name.empty() ? "\"\"" : shorten(name)), "is not a known field");
}

}  // namespace runyard
