//! Tagged unions in the form that client generators understand: named variants that each carry their own tag, joined by
//! `oneOf` with a discriminator. utoipa writes `allOf [variant, {tag}]` without one.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Components, Discriminator, RefOr, Schema,
    schema::{AllOf, Object, Ref},
};

/// Moves the tag of every union whose variants are named types into those types.
pub fn name_variants(components: &mut Components) {
    let unions: Vec<(String, Vec<Variant>)> =
        components.schemas.iter().filter_map(|(name, schema)| Some((name.clone(), variants(schema)?))).collect();
    for (name, variants) in unions {
        let Some(tag) = variants.first().map(|v| v.tag.clone()) else { continue };
        let mapping: BTreeMap<String, String> =
            variants.iter().map(|v| (v.value.clone(), v.target.ref_location.clone())).collect();
        if let Some(RefOr::T(Schema::OneOf(union))) = components.schemas.get_mut(&name) {
            union.items = variants.iter().map(|v| RefOr::Ref(v.target.clone())).collect();
            union.discriminator = Some(Discriminator::with_mapping(tag, mapping));
        }
        for variant in variants {
            let named = variant.target.ref_location.rsplit('/').next().unwrap_or_default();
            match components.schemas.get_mut(named) {
                Some(RefOr::T(Schema::Object(object))) => put_tag_first(object, &variant),
                Some(RefOr::T(Schema::AllOf(parts))) => {
                    if let Some(object) = own_part(parts) {
                        put_tag_first(object, &variant);
                    }
                }
                _ => {}
            }
        }
    }
}

struct Variant {
    target: Ref,
    tag: String,
    value: String,
    schema: RefOr<Schema>,
}

fn variants(schema: &RefOr<Schema>) -> Option<Vec<Variant>> {
    let RefOr::T(Schema::OneOf(union)) = schema else { return None };
    union.items.iter().map(variant).collect()
}

fn variant(item: &RefOr<Schema>) -> Option<Variant> {
    let RefOr::T(Schema::AllOf(both)) = item else { return None };
    let [RefOr::Ref(target), RefOr::T(Schema::Object(tagged))] = both.items.as_slice() else { return None };
    let (tag, schema) = tagged.properties.first().filter(|_| tagged.properties.len() == 1)?;
    let RefOr::T(Schema::Object(words)) = schema else { return None };
    let [value] = words.enum_values.as_deref()? else { return None };
    let value = value.as_str()?.to_owned();
    let mut words = words.clone();
    words.description.get_or_insert_with(|| "Tells the kinds apart.".to_owned());
    let schema = RefOr::T(Schema::Object(words));
    Some(Variant { target: target.clone(), tag: tag.clone(), value, schema })
}

/// The members that a type has beside those of the types that are flattened into it.
fn own_part(parts: &mut AllOf) -> Option<&mut Object> {
    if !parts.items.iter().any(|part| matches!(part, RefOr::T(Schema::Object(_)))) {
        parts.items.push(RefOr::T(Schema::Object(Object::new())));
    }
    parts.items.iter_mut().find_map(|part| match part {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    })
}

fn put_tag_first(object: &mut Object, variant: &Variant) {
    if object.properties.contains_key(&variant.tag) {
        return;
    }
    object.properties.shift_insert(0, variant.tag.clone(), variant.schema.clone());
    object.required.insert(0, variant.tag.clone());
}
