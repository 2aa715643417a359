use std::io::Cursor;

use fbxcel::{
    low::FbxVersion,
    pull_parser::any::AnyParser,
    tree::v7400::{Loader, NodeHandle},
};

use super::*;

fn child<'a>(node: NodeHandle<'a>, name: &str) -> NodeHandle<'a> {
    node.first_child_by_name(name).unwrap_or_else(|| panic!("no {name}"))
}

fn numbers<'a>(node: NodeHandle<'a>, name: &str) -> &'a [f64] {
    child(node, name).attributes()[0].get_arr_f64().unwrap()
}

#[test]
fn reads_back_as_the_mesh() {
    for detail in 3..20 {
        let mesh = Mesh::torus(detail);
        let AnyParser::V7400(mut parser) = AnyParser::from_seekable_reader(Cursor::new(fbx(detail))).unwrap() else {
            panic!("wrong version");
        };
        parser.set_warning_handler(|warning, _| Err(warning.into()));
        let (tree, footer) = Loader::new().load(&mut parser).unwrap();
        assert_eq!(footer.unwrap().fbx_version, FbxVersion::V7_4);

        let geometry = child(child(tree.root(), "Objects"), "Geometry");
        let positions: Vec<f64> = mesh.positions.as_flattened().iter().map(|&x| x.into()).collect();
        assert_eq!(numbers(geometry, "Vertices"), positions);
        let normals: Vec<f64> = mesh.normals.as_flattened().iter().map(|&x| x.into()).collect();
        assert_eq!(numbers(child(geometry, "LayerElementNormal"), "Normals"), normals);

        let corners = child(geometry, "PolygonVertexIndex").attributes()[0].get_arr_i32();
        let triangles: Vec<[u16; 3]> = corners
            .unwrap()
            .chunks_exact(3)
            .map(|corners| [corners[0] as u16, corners[1] as u16, !corners[2] as u16])
            .collect();
        assert_eq!(triangles, mesh.triangles);
    }
}
