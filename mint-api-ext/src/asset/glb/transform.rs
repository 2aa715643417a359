//! The transform of a node.

use gltf_json::Node;

/// A matrix of four columns; the last row is `0 0 0 1` (glTF 2.0, section 3.5.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Transform([[f64; 3]; 4]);

impl Transform {
    pub(super) const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0; 3]]);

    /// The matrix of a node, or its scale, rotation and translation, applied in that order.
    pub(super) fn of(node: &Node) -> Self {
        if let Some(matrix) = node.matrix {
            return Self([0, 4, 8, 12].map(|column| [0, 1, 2].map(|row| matrix[column + row].into())));
        }
        let [x, y, z, w] = node.rotation.unwrap_or_default().0.map(f64::from);
        let rotation = [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + z * w), 2.0 * (x * z - y * w)],
            [2.0 * (x * y - z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z + x * w)],
            [2.0 * (x * z + y * w), 2.0 * (y * z - x * w), 1.0 - 2.0 * (x * x + y * y)],
        ];
        let scale = node.scale.unwrap_or([1.0; 3]).map(f64::from);
        let [x, y, z] = [0, 1, 2].map(|axis| rotation[axis].map(|number| number * scale[axis]));
        Self([x, y, z, node.translation.unwrap_or_default().map(f64::from)])
    }

    /// The transform that applies `child` first.
    pub(super) fn then(&self, child: &Self) -> Self {
        let [x, y, z, origin] = child.0;
        Self([self.turn(x), self.turn(y), self.turn(z), self.apply(origin)])
    }

    pub(super) fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        let turned = self.turn(point);
        [0, 1, 2].map(|row| turned[row] + self.0[3][row])
    }

    /// Applies all but the translation.
    fn turn(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|row| self.0[0][row] * x + self.0[1][row] * y + self.0[2][row] * z)
    }
}
