//! What holds for every reply of the API. What holds within `mint-api-ext` is in its module `fuzzing`.

pub mod decode;
