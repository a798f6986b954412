# Documents that are generated from the code; a test fails while a committed one is stale.

docs() {
  prepare_state
  build worker/TemporalDelivery.Worker.csproj
  dotnet "$(dll worker TemporalDelivery.Worker)" docs "$ROOT/docs/delivery-states.md"
  say "written: docs/delivery-states.md"
}
