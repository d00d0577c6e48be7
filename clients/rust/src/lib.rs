//! Each operation of the gateway's contract is a method of [`Client`]; what goes in and comes out is in [`types`].
progenitor::generate_api!(spec = "../../generated/openapi-3.0.yaml", interface = Builder);
