//! What the default scene of a GLB file draws.

use gltf_json::accessor::{Accessor, ComponentType};
use gltf_json::mesh::{Mode, Primitive, Semantic};
use gltf_json::validation::Checked;

use super::head::{DrawnNode, Head};
use super::transform::Transform;

/// What is drawn.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) triangles: u64,
    corners: Option<[[f64; 3]; 2]>,
    /// Whether something is drawn at a place that the head does not state.
    is_unplaced: bool,
}

/// What the default scene draws; without a scene, each mesh once.
pub(super) fn drawn(head: &Head) -> Drawn {
    let mut drawn = Drawn::default();
    let Some(scene) = head.scenes.get(head.scene.0.unwrap_or_default()) else {
        (0..head.meshes.len()).for_each(|mesh| drawn.mesh(head, mesh, &Transform::IDENTITY, 1));
        return drawn;
    };
    let roots = scene.0.iter().flat_map(|scene| &scene.nodes);
    let mut next: Vec<_> = roots.map(|node| (node.value(), Transform::IDENTITY)).collect();
    // A node has one parent, so one that is seen again is part of a cycle.
    let mut seen = vec![false; head.nodes.len()];
    while let Some((index, parent)) = next.pop() {
        let Some(node) = head.nodes.get(index).and_then(|node| node.0.as_ref()) else { continue };
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        let transform = parent.then(&Transform::of(&node.node));
        drawn.node(head, node, &transform);
        next.extend(node.node.children.iter().flatten().map(|child| (child.value(), transform)));
    }
    drawn
}

impl Drawn {
    /// The bounds, if all of them are known.
    pub(super) fn bounds(&self) -> Option<[[f32; 3]; 2]> {
        let corners = self.corners.filter(|_| !self.is_unplaced)?.map(|corner| corner.map(|number| number as f32));
        corners.as_flattened().iter().all(|number| number.is_finite()).then_some(corners)
    }

    fn node(&mut self, head: &Head, node: &DrawnNode, transform: &Transform) {
        let Some(mesh) = node.node.mesh else { return };
        let instances = node.instances(head);
        self.is_unplaced |= instances.is_some();
        self.mesh(head, mesh.value(), transform, instances.unwrap_or(1));
    }

    fn mesh(&mut self, head: &Head, mesh: usize, transform: &Transform, instances: u64) {
        let mesh = head.meshes.get(mesh).and_then(|mesh| mesh.0.as_ref());
        for primitive in mesh.into_iter().flat_map(|mesh| &mesh.primitives) {
            let positions = primitive.attributes.get(&Checked::Valid(Semantic::Positions));
            let Some(positions) = positions.and_then(|index| head.accessor(*index)) else { continue };
            self.triangles =
                self.triangles.saturating_add(triangles(head, primitive, positions).saturating_mul(instances));
            match corners(positions) {
                Some(corners) => self.include(corners, transform),
                None => self.is_unplaced = true,
            }
        }
    }

    fn include(&mut self, [min, max]: [[f64; 3]; 2], transform: &Transform) {
        for corner in 0..8 {
            let at = [0, 1, 2].map(|axis| if corner >> axis & 1 == 0 { min[axis] } else { max[axis] });
            let at = transform.apply(at);
            let [least, greatest] = self.corners.get_or_insert([at, at]);
            for axis in 0..3 {
                // A number that is no number stays, so that the bounds are not known.
                least[axis] = if at[axis] >= least[axis] { least[axis] } else { at[axis] };
                greatest[axis] = if at[axis] <= greatest[axis] { greatest[axis] } else { at[axis] };
            }
        }
    }
}

/// The number of triangles of a primitive (glTF 2.0, section 3.7.2.1). Compression leaves the counts of accessors as they
/// are.
fn triangles(head: &Head, primitive: &Primitive, positions: &Accessor) -> u64 {
    let vertices = match primitive.indices {
        Some(index) => head.accessor(index).map_or(0, |indices| indices.count.0),
        None => positions.count.0,
    };
    match primitive.mode {
        Checked::Valid(Mode::Triangles) => vertices / 3,
        Checked::Valid(Mode::TriangleStrip | Mode::TriangleFan) => vertices.saturating_sub(2),
        _ => 0,
    }
}

/// The bounds of positions; those of normalized integers are stated in integers.
fn corners(positions: &Accessor) -> Option<[[f64; 3]; 2]> {
    let component = match positions.component_type {
        Checked::Valid(component) => component.0,
        Checked::Invalid => return None,
    };
    let greatest = match component {
        _ if !positions.normalized => 1.0,
        ComponentType::I8 => i8::MAX.into(),
        ComponentType::U8 => u8::MAX.into(),
        ComponentType::I16 => i16::MAX.into(),
        ComponentType::U16 => u16::MAX.into(),
        ComponentType::U32 | ComponentType::F32 => 1.0,
    };
    let corner = |stated: &Option<serde_json::Value>| {
        let numbers = stated.as_ref()?.as_array()?;
        let [x, y, z] = [0, 1, 2].map(|axis| numbers.get(axis)?.as_f64());
        Some([x? / greatest, y? / greatest, z? / greatest])
    };
    Some([corner(&positions.min)?, corner(&positions.max)?])
}
