// A part of the sandbox's API as a document of "another" API (docs/openapi_sites.md): the same objects and the same canaries,
// kept in by what the document says and nothing that the gateway knows of Jira. Resources are projects, by number.
#pragma once

namespace gatehouse::escape {

/// Path parameters that name objects are called after their pool (Pools::of).
inline constexpr const char* kApiDocument = R"(
openapi: 3.0.3
info: { title: Parts, version: "1" }
paths:
  /rest/api/3/priority:
    get: { operationId: listPriorities, x-gatehouse-resource: none, responses: { "200": { description: all } } }
  /rest/api/3/project/search:
    get:
      operationId: listProjects
      parameters: [{ name: query, in: query }, { name: keys, in: query }, { name: startAt, in: query }]
      responses:
        "200":
          x-gatehouse-resource: { items: /values, resource: /id }
          content: { application/json: { schema: { properties: { values: { type: array, items: { properties: { id: {}, key: {}, name: {} } } } } } } }
  /rest/api/3/project/{aProject}:
    get:
      operationId: readProject
      parameters: [{ name: aProject, in: path, required: true }]
      responses:
        "200":
          x-gatehouse-resource: { resource: /id }
          content: { application/json: { schema: { properties: { id: {}, key: {}, name: {}, description: {} } } } }
  /rest/api/3/project/{aProject}/versions:
    get:
      operationId: listVersions
      parameters: [{ name: aProject, in: path, required: true, x-gatehouse-resource: { lookup: readProject } }]
      responses: { "200": { $ref: "#/components/responses/Versions" } }
  /rest/api/3/project/{project}/components:
    get:
      operationId: listComponents
      parameters: [{ name: project, in: path, required: true, x-gatehouse-resource: resource }]
      responses: { "200": { x-gatehouse-resource: { items: "", resource: /projectId }, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Part" } } } } } }
  /rest/api/3/version:
    post:
      operationId: createVersion
      requestBody: { x-gatehouse-resource: /projectId, content: { application/json: { schema: { $ref: "#/components/schemas/Part" } } } }
      responses: { "201": { $ref: "#/components/responses/Part" } }
  /rest/api/3/version/{aVersion}:
    get:
      operationId: readVersion
      parameters: [{ name: aVersion, in: path, required: true }]
      responses: { "200": { $ref: "#/components/responses/Part" } }
    put:
      operationId: editVersion
      parameters: [{ name: aVersion, in: path, required: true, x-gatehouse-resource: { lookup: readVersion } }]
      requestBody: { x-gatehouse-resource: /projectId, content: { application/json: { schema: { $ref: "#/components/schemas/Part" } } } }
      responses: { "200": { $ref: "#/components/responses/Part" } }
  /rest/api/3/component/{aComponent}:
    get:
      operationId: readComponent
      parameters: [{ name: aComponent, in: path, required: true }]
      responses: { "200": { $ref: "#/components/responses/Part" } }
    put:
      operationId: editComponent
      parameters: [{ name: aComponent, in: path, required: true, x-gatehouse-resource: { lookup: readComponent } }]
      requestBody: { x-gatehouse-resource: /projectId, content: { application/json: { schema: { $ref: "#/components/schemas/Part" } } } }
      responses: { "200": { description: The document says nothing of what is answered. } }
  /rest/api/3/issue/{anIssue}:
    get:
      operationId: readIssue
      parameters: [{ name: anIssue, in: path, required: true }, { name: fields, in: query }]
      responses:
        "200":
          x-gatehouse-resource: { resource: /fields/project/id }
          content: { application/json: { schema: { properties: { id: {}, key: {} } } } }
  /rest/api/3/issue/{anIssue}/comment:
    get:
      operationId: listComments
      parameters: [{ name: anIssue, in: path, required: true, x-gatehouse-resource: { lookup: readIssue } }]
      responses: { "200": { x-gatehouse-resource: request } }
  /rest/api/3/search/jql:
    get:
      operationId: search
      parameters: [{ name: jql, in: query }, { name: fields, in: query }, { name: maxResults, in: query }]
      responses:
        "200":
          x-gatehouse-resource: { items: /issues, resource: /fields/project/id }
          content: { application/json: { schema: { properties: { issues: { type: array, items: { properties: { id: {}, key: {} } } } } } } }
  /rest/agile/1.0/board:
    get:
      operationId: listBoards
      parameters: [{ name: projectKeyOrId, in: query }]
      responses:
        "200":
          x-gatehouse-resource: { items: /values, resource: /location/projectId }
          content: { application/json: { schema: { properties: { values: { type: array, items: { properties: { id: {}, name: {}, type: {} } } } } } } }
  /rest/agile/1.0/sprint/{sprint}:
    get:
      operationId: readSprint
      parameters: [{ name: sprint, in: path, required: true }]
      responses: { "200": { description: Nothing is said of where it lies. } }
  /rest/api/3/field:
    get: { operationId: listFields, responses: { "200": { description: Nothing is said. } } }
components:
  responses:
    Part: { x-gatehouse-resource: { resource: /projectId }, content: { application/json: { schema: { $ref: "#/components/schemas/Part" } } } }
    Versions: { x-gatehouse-resource: { items: "", resource: /projectId }, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Part" } } } } }
  schemas:
    Part: { properties: { id: {}, name: { type: string }, description: { type: string }, projectId: { type: integer }, self: { type: string } } }
)";

}  // namespace gatehouse::escape
