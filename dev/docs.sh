# Documents that are generated from the code; a test fails while a committed one is stale.

docs() {
  prepare_state
  build worker/TemporalDelivery.Worker.csproj
  build api/TemporalDelivery.Api.csproj
  dotnet "$(dll worker TemporalDelivery.Worker)" docs "$ROOT/docs/delivery-states.md"
  dotnet "$(dll api TemporalDelivery.Api)" docs "$ROOT/docs/openapi.json"
  say "written: docs/delivery-states.md docs/openapi.json"
}
