//! Binary FBX 7.4.
//!
//! Autodesk publishes no specification. This layout is from Blender's developers:
//! <https://code.blender.org/2013/08/fbx-binary-file-format-specification/>.

use super::fbx_record::{self, Property, Record, file, record};
use super::{material, mesh::Mesh, sizes::GENERATOR};

// The file id and the footer are signatures of the creation time, so the three must match.
const CREATION_TIME: &str = "1970-01-01 10:00:00:000";
const FILE_ID: [u8; 16] =
    [0x28, 0xb3, 0x2a, 0xeb, 0xb6, 0x24, 0xcc, 0xc2, 0xbf, 0xc8, 0xb0, 0x2a, 0xa9, 0x2b, 0xfc, 0xf1];

const GEOMETRY: i64 = 1;
const MODEL: i64 = 2;
const MATERIAL: i64 = 3;
/// The parent of the scene's top objects.
const ROOT: i64 = 0;

/// An FBX file with the mesh, its normals and its material.
pub(crate) fn fbx(detail: u32) -> Vec<u8> {
    let mesh = Mesh::torus(detail);
    file(&[
        header(),
        record("FileId").with(FILE_ID.to_vec()),
        record("CreationTime").with(CREATION_TIME),
        record("Creator").with(GENERATOR),
        settings(),
        definitions(),
        record("Objects").child(geometry(&mesh)).child(model()).child(surface()),
        record("Connections")
            .child(connection(MODEL, ROOT))
            .child(connection(GEOMETRY, MODEL))
            .child(connection(MATERIAL, MODEL)),
    ])
}

fn header() -> Record {
    record("FBXHeaderExtension")
        .child(record("FBXHeaderVersion").with(1003))
        .child(record("FBXVersion").with(fbx_record::VERSION as i32))
        .child(record("EncryptionType").with(0))
        .child(record("Creator").with(GENERATOR))
}

/// Y up, facing Z, in meters.
fn settings() -> Record {
    let axis = |name, value: i32| property(name, ["int", "Integer", ""]).with(value);
    record("GlobalSettings").child(record("Version").with(1000)).child(
        record("Properties70")
            .child(axis("UpAxis", 1))
            .child(axis("UpAxisSign", 1))
            .child(axis("FrontAxis", 2))
            .child(axis("FrontAxisSign", 1))
            .child(axis("CoordAxis", 0))
            .child(axis("CoordAxisSign", 1))
            // In centimeters.
            .child(property("UnitScaleFactor", ["double", "Number", ""]).with(100.0)),
    )
}

/// The number of objects of each type.
fn definitions() -> Record {
    let types = ["GlobalSettings", "Geometry", "Model", "Material"];
    let definitions =
        record("Definitions").child(record("Version").with(100)).child(record("Count").with(types.len() as i32));
    types.into_iter().fold(definitions, |definitions, name| {
        definitions.child(record("ObjectType").with(name).child(record("Count").with(1)))
    })
}

fn geometry(mesh: &Mesh) -> Record {
    // The last vertex of a polygon is stored as its complement.
    let corners = mesh.triangles.iter().flat_map(|&[a, b, c]| [a.into(), b.into(), !i32::from(c)]);
    object("Geometry", GEOMETRY, Mesh::NAME, "Mesh")
        .child(record("GeometryVersion").with(124))
        .child(record("Vertices").with(doubles(&mesh.positions)))
        .child(record("PolygonVertexIndex").with(corners.collect::<Vec<i32>>()))
        .child(
            layer_element("LayerElementNormal", "ByVertice", "Direct")
                .child(record("Normals").with(doubles(&mesh.normals))),
        )
        .child(
            layer_element("LayerElementMaterial", "AllSame", "IndexToDirect").child(record("Materials").with(vec![0])),
        )
        .child(
            record("Layer")
                .with(0)
                .child(record("Version").with(100))
                .child(layer_use("LayerElementNormal"))
                .child(layer_use("LayerElementMaterial")),
        )
}

fn model() -> Record {
    object("Model", MODEL, Mesh::NAME, "Mesh")
        .child(record("Version").with(232))
        .child(record("Culling").with("CullingOff"))
}

/// FBX has no metallic-roughness model, so the file keeps only the color.
fn surface() -> Record {
    let [r, g, b] = material::BASE_COLOR.map(f64::from);
    let color = property("DiffuseColor", ["Color", "", "A"]).with(r).with(g).with(b);
    object("Material", MATERIAL, material::NAME, "")
        .child(record("Version").with(102))
        .child(record("ShadingModel").with("lambert"))
        .child(record("MultiLayer").with(0))
        .child(record("Properties70").child(color))
}

fn object(class: &'static str, id: i64, name: &str, kind: &'static str) -> Record {
    record(class).with(id).with(format!("{name}\0\u{1}{class}")).with(kind)
}

fn property(name: &'static str, types: [&'static str; 3]) -> Record {
    types.into_iter().fold(record("P").with(name), |property, part| property.with(part))
}

fn layer_element(name: &'static str, mapping: &'static str, reference: &'static str) -> Record {
    record(name)
        .with(0)
        .child(record("Version").with(101))
        .child(record("Name").with(""))
        .child(record("MappingInformationType").with(mapping))
        .child(record("ReferenceInformationType").with(reference))
}

fn layer_use(element: &'static str) -> Record {
    record("LayerElement").child(record("Type").with(element)).child(record("TypedIndex").with(0))
}

fn connection(child: i64, parent: i64) -> Record {
    record("C").with("OO").with(child).with(parent)
}

fn doubles(vectors: &[[f32; 3]]) -> Property {
    Property::F64s(vectors.iter().flatten().map(|&number| number.into()).collect())
}

#[cfg(test)]
mod tests;
